import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { randomHex } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { answerChallenge } from '../sip/auth/answer.ts';
import { parseChallenge } from '../sip/auth/challenge.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import { Endpoint, type EndpointUser } from '../sip/endpoint/endpoint.ts';
import { OwnAddresses } from '../sip/endpoint/own-addresses.ts';
import { DEFAULT_MESSAGE_LIMITS } from '../sip/message/parse-message.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import { RFC_TIMINGS } from '../sip/transaction/timings.ts';
import type { Destination, Source } from '../sip/transport/transport.ts';
import { Transports } from '../sip/transport/transports.ts';
import type { CallerAgent, RequestParts } from './caller-agent.ts';
import type { Dialog } from './dialog.ts';
import { IncomingCall } from './incoming-call.ts';
import { OutgoingCall } from './outgoing-call.ts';

/** How many challenges one request answers: the first, and some that only ask for a fresh nonce (RFC 7616 §3.3). */
const MAX_CHALLENGES = 3;

export interface UserAgentOptions {
  /** User part of the SIP address, and the name to log in with. */
  readonly user: string;
  readonly displayName: string;
  readonly domain: string;
  readonly password: string;
  /** Every request goes there first. */
  readonly proxy: Destination;
  /** Where to listen; the port is any free one. */
  readonly address: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** An INVITE outside of a dialog came in. It is not answered until the handler does. */
  readonly onCall?: (call: IncomingCall) => void;
}

/**
 * A phone without sound: it registers, calls, is called and hangs up, by SIP over UDP through a
 * proxy (RFC 3261 §8, §10, §13). The demonstration plays its two people with it, the tests theirs.
 */
export class UserAgent implements EndpointUser, CallerAgent {
  readonly endpoint: Endpoint;
  readonly #options: UserAgentOptions;
  readonly #transports: Transports;
  readonly #incoming = new Map<string, IncomingCall>();
  #cseq = 1;
  #port = 0;

  private constructor(options: UserAgentOptions) {
    this.#options = options;
    const counters = new Counters();
    const { clock, logger } = options;
    this.endpoint = new Endpoint({
      clock,
      logger,
      counters,
      ownAddresses: new OwnAddresses(),
      sender: {
        send: (text, destination) => this.#transports.send(text, destination),
        localFor: (destination) => this.#transports.localSocketFor(destination.protocol, destination.address),
      },
      options: { timings: RFC_TIMINGS, messageLimits: DEFAULT_MESSAGE_LIMITS, maxTransactions: 1000, serverHeader: '', retryAfterS: 1 },
    });
    this.endpoint.attach(this);
    this.#transports = new Transports({ receiver: this.endpoint, clock, counters, logger });
  }

  static async start(options: UserAgentOptions): Promise<UserAgent> {
    const agent = new UserAgent(options);
    const [local] = await agent.#transports.listen([{ protocol: 'udp', address: options.address, port: 0 }]);
    agent.#port = local!.port;
    return agent;
  }

  async close(): Promise<void> {
    this.endpoint.close();
    await this.#transports.close();
  }

  get addressOfRecord(): string {
    return `sip:${this.#options.user}@${this.#options.domain}`;
  }

  /** Contact value of this phone. */
  get contact(): string {
    const { user, address } = this.#options;
    return `<sip:${user}@${address.includes(':') ? `[${address}]` : address}:${this.#port}>`;
  }

  /**
   * Registers for that many seconds, answering the challenge; 0 takes the registration back.
   *
   * @returns the status of the final response, 408 when there was none
   */
  async register(expiresS: number): Promise<number> {
    const callId = randomHex(8);
    const parts = (headers: string): RequestParts => ({
      method: 'REGISTER',
      uri: `sip:${this.#options.domain}`,
      from: `<${this.addressOfRecord}>;tag=${randomHex(4)}`,
      to: `<${this.addressOfRecord}>`,
      callId,
      cseq: this.nextCSeq(),
      headers: `Contact: ${this.contact}\r\nExpires: ${expiresS}\r\n${headers}`,
    });
    let credentials: string | undefined = '';
    for (let answered = 0; ; answered += 1) {
      const { status, response } = await this.#request(parts(credentials));
      credentials = response === undefined ? undefined : this.credentialsFor(response, 'REGISTER', `sip:${this.#options.domain}`, answered);
      if (credentials === undefined) return status;
    }
  }

  /** Calls a SIP URI. The call is under way when this returns. */
  call(uri: string): OutgoingCall {
    const { displayName } = this.#options;
    return new OutgoingCall(this, uri, `"${displayName}" <${this.addressOfRecord}>;tag=${randomHex(4)}`);
  }

  nextCSeq(): number {
    this.#cseq += 1;
    return this.#cseq;
  }

  credentialsFor(response: SipMessage, method: string, uri: string, answered: number): string | undefined {
    if (response.status !== 401 && response.status !== 407) return undefined;
    const name = response.status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const challenges = response.fieldsNamed(name).map((index) => response.fieldValue(index));
    const mayAnswer = answered === 0 || (answered < MAX_CHALLENGES && challenges.some(isStale));
    if (!mayAnswer) return undefined;
    const { user, password } = this.#options;
    const answer = answerChallenge({ challenges, method, uri, username: user, password, cnonce: randomHex(8), nonceCount: 1 });
    if (answer === undefined) return undefined;
    return `${response.status === 401 ? 'Authorization' : 'Proxy-Authorization'}: ${answer}\r\n`;
  }

  /** Starts a request of ours and gives its transaction. */
  send(parts: RequestParts, onResponse: (response: SipMessage) => void, onFailure: () => void): ClientTransaction {
    const transaction = this.endpoint.openClient(parts.method, { onResponse, onTransactionFailure: onFailure });
    transaction.start(this.write(parts, transaction.branch), this.#options.proxy);
    return transaction;
  }

  /** Sends the ACK of a 2xx, which has no transaction (§13.2.2.4). */
  acknowledge(dialog: Dialog, cseq: number): void {
    const text = this.write(
      { method: 'ACK', uri: dialog.remoteTarget, from: dialog.local, to: dialog.remote, callId: dialog.callId, cseq, routes: dialog.routes },
      `z9hG4bK${randomHex(8)}`,
    );
    this.endpoint.send(text, this.#options.proxy);
  }

  /** Ends a dialog; resolves with the status of the answer. */
  async hangUp(dialog: Dialog): Promise<number> {
    const { status } = await this.#request({
      method: 'BYE',
      uri: dialog.remoteTarget,
      from: dialog.local,
      to: dialog.remote,
      callId: dialog.callId,
      cseq: dialog.nextCSeq(),
      routes: dialog.routes,
    });
    return status;
  }

  write(parts: RequestParts, branch: string): string {
    const body = parts.body ?? '';
    const routes = (parts.routes ?? []).map((route) => `Route: ${route}\r\n`).join('');
    return (
      `${parts.method} ${parts.uri} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP ${this.endpoint.sentBy(this.#options.proxy)};branch=${branch};rport\r\n` +
      routes +
      `Max-Forwards: 70\r\nFrom: ${parts.from}\r\nTo: ${parts.to}\r\nCall-ID: ${parts.callId}\r\nCSeq: ${parts.cseq} ${parts.method}\r\n` +
      `${parts.headers ?? ''}User-Agent: sipweet\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    );
  }

  // From the endpoint.

  onRequest(request: SipMessage, source: Source): void {
    switch (request.method) {
      case 'INVITE':
        this.#receiveInvite(request, source);
        return;
      case 'ACK':
        return;
      case 'CANCEL': {
        const cancelled = this.endpoint.findCancelled(request);
        this.endpoint.replyStatelessly(request, source, cancelled === undefined ? { status: 481, reason: 'Call/Transaction Does Not Exist' } : { status: 200, reason: 'OK' });
        if (cancelled !== undefined) this.#incoming.get(request.callId)?.cancelled();
        return;
      }
      case 'BYE': {
        const call = this.#incoming.get(request.callId);
        this.endpoint.replyStatelessly(request, source, { status: 200, reason: 'OK' });
        call?.hungUp();
        this.#incoming.delete(request.callId);
        return;
      }
      default:
        this.endpoint.replyStatelessly(request, source, { status: 200, reason: 'OK' });
    }
  }

  onResponse(response: SipMessage, _source: Source, transaction: ClientTransaction | undefined): void {
    transaction?.receive(response);
  }

  #receiveInvite(request: SipMessage, source: Source): void {
    const { onCall } = this.#options;
    if (onCall === undefined) {
      this.endpoint.replyStatelessly(request, source, { status: 486, reason: 'Busy Here' });
      return;
    }
    const call = new IncomingCall(this, this.endpoint.openServer(request, source), () => this.#incoming.delete(request.callId));
    this.#incoming.set(request.callId, call);
    onCall(call);
  }

  #request(parts: RequestParts): Promise<{ status: number; response: SipMessage | undefined }> {
    return new Promise((resolve) => {
      this.send(
        parts,
        (response) => {
          if (response.status >= 200) resolve({ status: response.status, response });
        },
        () => resolve({ status: 408, response: undefined }),
      );
    });
  }
}

function isStale(value: string): boolean {
  const challenge = parseChallenge(value);
  return !('failure' in challenge) && challenge.stale;
}
