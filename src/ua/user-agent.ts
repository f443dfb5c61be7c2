import type { Clock } from '../base/clock.ts';
import { randomHex } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import type { Endpoint, EndpointUser } from '../sip/endpoint/endpoint.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import { RFC_TIMINGS } from '../sip/transaction/timings.ts';
import type { Destination, Source } from '../sip/transport/transport.ts';
import { AgentCore, type AgentLink } from './agent-core.ts';
import { NO_SUCH_CALL } from './dialog.ts';
import { IncomingCall } from './incoming-call.ts';
import { answerRequest } from './invite-answer.ts';
import { OutgoingCall } from './outgoing-call.ts';
import { SESSION_DESCRIPTION } from './session-description.ts';

export interface UserAgentOptions {
  /** User part of the SIP address, and the name to log in with. */
  readonly user: string;
  readonly displayName: string;
  readonly domain: string;
  readonly password: string;
  /** Every request goes there first. */
  readonly proxy: Destination;
  /** Where to listen. */
  readonly address: string;
  /** Any free one when absent. */
  readonly port?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What it offers and answers; audio that is never sent when absent. */
  readonly description?: string;
  /** An INVITE outside of a dialog came in. It is not answered until the handler does. */
  readonly onCall?: (call: IncomingCall) => void;
  /** A MESSAGE (RFC 3428) came in; it is answered with 200 behind the handler. */
  readonly onMessage?: (message: SipMessage) => void;
}

/**
 * A phone without sound: it registers, calls, is called and hangs up, by SIP over UDP through a
 * proxy (RFC 3261 §8, §10, §13). The demonstration plays its two people with it, the tests theirs.
 */
export class UserAgent implements EndpointUser {
  readonly #options: UserAgentOptions;
  readonly #core: AgentCore;
  readonly #incoming = new Map<string, IncomingCall>();
  readonly #outgoing = new Map<string, OutgoingCall>();

  private constructor(options: UserAgentOptions) {
    const { user, password, clock, logger } = options;
    this.#options = options;
    this.#core = new AgentCore({ user, login: { user, password }, clock, logger, timings: RFC_TIMINGS, maxTransactions: 1000 });
  }

  static async start(options: UserAgentOptions): Promise<UserAgent> {
    const agent = new UserAgent(options);
    await agent.#core.listen({ address: options.address, port: options.port ?? 0 }, options.proxy, agent);
    return agent;
  }

  /** A phone on a network that is there already, such as a test's; messages for it go to `endpoint`. */
  static connected(options: UserAgentOptions, link: AgentLink): UserAgent {
    const agent = new UserAgent(options);
    agent.#core.endpoint.attach(agent);
    agent.#core.connect(link);
    return agent;
  }

  async close(): Promise<void> {
    for (const call of this.#incoming.values()) call.abandon();
    for (const { leg } of this.#outgoing.values()) leg.abandon();
    await this.#core.close();
  }

  get endpoint(): Endpoint {
    return this.#core.endpoint;
  }

  get addressOfRecord(): string {
    return `sip:${this.#options.user}@${this.#options.domain}`;
  }

  /** Contact value of this phone. */
  get contact(): string {
    return this.#core.contact;
  }

  /**
   * Registers for that many seconds, answering the challenge; 0 takes the registration back.
   *
   * @returns the status of the final response, 408 when there was none
   */
  register(expiresS: number): Promise<number> {
    const headers = `Contact: ${this.contact}\r\nExpires: ${expiresS}\r\n`;
    return this.#requestLoggedIn({ method: 'REGISTER', uri: `sip:${this.#options.domain}`, from: `<${this.addressOfRecord}>`, to: this.addressOfRecord, headers });
  }

  /**
   * Sends an instant message in plain text (RFC 3428), answering the challenge.
   *
   * @returns the status of the final response, 408 when there was none
   */
  message(uri: string, text: string): Promise<number> {
    const body = Buffer.from(text, 'utf8').toString('latin1');
    return this.#requestLoggedIn({ method: 'MESSAGE', uri, from: this.#named, to: uri, headers: 'Content-Type: text/plain;charset=UTF-8\r\n', body });
  }

  /** Calls a SIP URI. The call is under way when this returns. */
  call(uri: string): OutgoingCall {
    const { description = SESSION_DESCRIPTION } = this.#options;
    const call = new OutgoingCall(this.#core, { uri, from: this.#named, description });
    this.#outgoing.set(call.callId, call);
    void call.released.then(() => this.#outgoing.delete(call.callId));
    return call;
  }

  /** Sends a request outside of a dialog, such as OPTIONS; resolves with the status of the final response, 408 when there was none. */
  async ask(method: string, uri: string): Promise<number> {
    const from = `<${this.addressOfRecord}>;tag=${randomHex(4)}`;
    const response = await this.#core.request({ method, uri, from, to: `<${uri}>`, callId: randomHex(8), cseq: this.#core.nextCSeq() });
    return response?.status ?? 408;
  }

  // From the endpoint.

  onRequest(request: SipMessage, source: Source): void {
    const { endpoint } = this.#core;
    const call = this.#incoming.get(request.callId) ?? this.#outgoing.get(request.callId)?.leg;
    if (request.method === 'ACK') {
      call?.receiveAck(request);
    } else if (request.method === 'CANCEL') {
      const cancelled = endpoint.findCancelled(request);
      endpoint.replyStatelessly(request, source, cancelled === undefined ? NO_SUCH_CALL : { status: 200, reason: 'OK' });
      if (cancelled !== undefined) this.#incoming.get(request.callId)?.cancelled();
    } else if (call !== undefined) {
      call.receive(endpoint.openServer(request, source));
    } else if (request.method === 'INVITE' && request.to?.tag === undefined) {
      this.#receiveInvite(request, source);
    } else if (request.method === 'MESSAGE' && this.#options.onMessage !== undefined) {
      this.#options.onMessage(request);
      answerRequest(endpoint.openServer(request, source), { status: 200, reason: 'OK' }, randomHex(4));
    } else {
      endpoint.replyStatelessly(request, source, request.to?.tag === undefined ? { status: 200, reason: 'OK' } : NO_SUCH_CALL);
    }
  }

  onResponse(response: SipMessage, _source: Source, transaction: ClientTransaction | undefined): void {
    transaction?.receive(response);
  }

  get #named(): string {
    return `"${this.#options.displayName}" <${this.addressOfRecord}>`;
  }

  async #requestLoggedIn({ method, uri, from, to, headers, body = '' }: { method: string; uri: string; from: string; to: string; headers: string; body?: string }): Promise<number> {
    const callId = randomHex(8);
    const tag = randomHex(4);
    let credentials: string | undefined = '';
    for (let answered = 0; ; answered += 1) {
      const cseq = this.#core.nextCSeq();
      const response = await this.#core.request({ method, uri, from: `${from};tag=${tag}`, to: `<${to}>`, callId, cseq, headers: headers + credentials, body });
      credentials = response === undefined ? undefined : this.#core.credentialsFor(response, method, uri, answered);
      if (credentials === undefined) return response?.status ?? 408;
    }
  }

  #receiveInvite(request: SipMessage, source: Source): void {
    const { onCall, description = SESSION_DESCRIPTION } = this.#options;
    if (onCall === undefined) {
      this.endpoint.replyStatelessly(request, source, { status: 486, reason: 'Busy Here' });
      return;
    }
    const onOver = () => this.#incoming.delete(request.callId);
    const call = new IncomingCall(this.#core, this.endpoint.openServer(request, source), { description, onOver });
    this.#incoming.set(request.callId, call);
    onCall(call);
  }
}
