import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { randomHex } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { ClientTransaction } from '../sip/endpoint/client-transaction.ts';
import { Endpoint, type EndpointUser, type MessageSender } from '../sip/endpoint/endpoint.ts';
import { OwnAddresses } from '../sip/endpoint/own-addresses.ts';
import { DEFAULT_MESSAGE_LIMITS } from '../sip/message/parse-message.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { TransactionTimings } from '../sip/transaction/timings.ts';
import type { Destination, LocalSocket } from '../sip/transport/transport.ts';
import { Transports } from '../sip/transport/transports.ts';
import type { UdpOptions } from '../sip/transport/udp-socket.ts';
import { bracketHost } from '../sip/uri/uri.ts';
import type { CallerAgent, InDialogParts, RequestParts } from './caller-agent.ts';
import type { Dialog } from './dialog.ts';
import { credentialsLine, type Login } from './login.ts';
import { writeRequest } from './write-request.ts';

export interface AgentCoreOptions {
  /** User part of the Contact. */
  readonly user: string;
  /** Who answers challenges; undefined lets them fail. */
  readonly login?: Login;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timings: TransactionTimings;
  /** Requests that are being answered at once; past it they get 503. */
  readonly maxTransactions: number;
  /** What moves its datagrams; "auto" when absent. */
  readonly udpEngine?: UdpOptions['engine'];
}

/** A way to the network: a socket of ours, and the proxy that every request goes to first. */
export interface AgentLink {
  readonly sender: MessageSender;
  readonly local: LocalSocket;
  readonly proxy: Destination;
}

const SDP_TYPE = 'Content-Type: application/sdp\r\n';

/**
 * What every user agent of ours has (RFC 3261 §8.1): a UDP socket with transactions above it, and the
 * writing of requests, all of which go to one proxy. What comes in is the business of who owns it.
 *
 * Its counters are its own: what a phone of the demonstration or the service itself says is not the
 * traffic that an operator counts.
 */
export class AgentCore implements CallerAgent {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly timings: TransactionTimings;
  readonly #options: AgentCoreOptions;
  readonly #counters = new Counters();
  #transports: Transports | undefined;
  #link: AgentLink | undefined;
  #cseq = 1;

  constructor(options: AgentCoreOptions) {
    const { clock, logger, timings, maxTransactions } = options;
    this.#options = options;
    this.clock = clock;
    this.timings = timings;
    this.endpoint = new Endpoint({
      clock,
      logger,
      counters: this.#counters,
      ownAddresses: new OwnAddresses(),
      sender: {
        send: (text, destination) => this.#link?.sender.send(text, destination),
        localFor: (destination) => this.#link?.sender.localFor(destination),
      },
      options: { timings, messageLimits: DEFAULT_MESSAGE_LIMITS, maxTransactions, serverHeader: '', retryAfterS: 1 },
    });
  }

  /**
   * Opens a UDP socket; port 0 is any free one.
   * @throws AppError `listen.failed`
   */
  async listen({ address, port }: { readonly address: string; readonly port: number }, proxy: Destination, user: EndpointUser): Promise<void> {
    const { clock, logger, udpEngine: engine = 'auto' } = this.#options;
    this.endpoint.attach(user);
    const transports = new Transports({ receiver: this.endpoint, clock, counters: this.#counters, logger, udp: { engine } });
    const [local] = await transports.listen([{ protocol: 'udp', address, port }]);
    this.#transports = transports;
    this.connect({
      sender: { send: (text, destination) => transports.send(text, destination), localFor: ({ protocol, address: peer }) => transports.localSocketFor(protocol, peer) },
      local: local!,
      proxy,
    });
  }

  /** Takes a way to the network that somebody else has opened; messages for us go to `endpoint`. */
  connect(link: AgentLink): void {
    this.#link = link;
  }

  async close(): Promise<void> {
    this.endpoint.close();
    await this.#transports?.close();
    this.#link = undefined;
  }

  /** Our socket; undefined before `listen` and after `close`. */
  get local(): LocalSocket | undefined {
    return this.#link?.local;
  }

  get contact(): string {
    const { address = 'invalid.invalid', port = 0 } = this.local ?? {};
    return `<sip:${this.#options.user}@${bracketHost(address)}:${port}>`;
  }

  nextCSeq(): number {
    this.#cseq += 1;
    return this.#cseq;
  }

  credentialsFor(response: SipMessage, method: string, uri: string, answered: number): string | undefined {
    const { login } = this.#options;
    return login === undefined ? undefined : credentialsLine(response, login, { method, uri, answered });
  }

  send(parts: RequestParts, onResponse: (response: SipMessage) => void, onFailure: () => void): ClientTransaction {
    const transaction = this.endpoint.openClient(parts.method, { onResponse, onTransactionFailure: onFailure });
    transaction.start(this.#write(parts, transaction.branch), this.#proxy);
    return transaction;
  }

  sendInDialog(dialog: Dialog, parts: InDialogParts, onResponse: (response: SipMessage) => void, onFailure: () => void): ClientTransaction {
    return this.send({ ...addressed(dialog), cseq: dialog.nextCSeq(), ...parts }, onResponse, onFailure);
  }

  acknowledge(dialog: Dialog, cseq: number, answer: string): void {
    const parts = { ...addressed(dialog), method: 'ACK', cseq, headers: answer === '' ? '' : SDP_TYPE, body: answer };
    this.endpoint.send(this.#write(parts, `z9hG4bK${randomHex(8)}`), this.#proxy);
  }

  async hangUp(dialog: Dialog): Promise<number> {
    for (let answered = 0, credentials = ''; ; answered += 1) {
      const response = await this.#finalOf((onResponse, onFailure) => this.sendInDialog(dialog, { method: 'BYE', headers: credentials }, onResponse, onFailure));
      if (response === undefined) return 408;
      const next = this.credentialsFor(response, 'BYE', dialog.remoteTarget, answered);
      if (next === undefined) return response.status;
      credentials = next;
    }
  }

  /** Sends a request outside of a dialog; resolves with the final response, undefined when there was none. */
  request(parts: RequestParts): Promise<SipMessage | undefined> {
    return this.#finalOf((onResponse, onFailure) => this.send(parts, onResponse, onFailure));
  }

  #finalOf(send: (onResponse: (response: SipMessage) => void, onFailure: () => void) => void): Promise<SipMessage | undefined> {
    return new Promise((resolve) => {
      const onResponse = (response: SipMessage) => {
        if (response.status >= 200) resolve(response);
      };
      send(onResponse, () => resolve(undefined));
    });
  }

  #write(parts: RequestParts, branch: string): string {
    return writeRequest(parts, { sentBy: this.endpoint.sentBy(this.#proxy), branch });
  }

  /** A request that is sent before there is a link fails in its transaction, as one without a route would. */
  get #proxy(): Destination {
    return this.#link?.proxy ?? NOWHERE;
  }
}

const NOWHERE: Destination = { protocol: 'udp', address: '', port: 0 };

function addressed({ callId, local, remote, remoteTarget, routes }: Dialog) {
  return { uri: remoteTarget, from: local, to: remote, callId, routes };
}
