import assert from 'node:assert/strict';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger, type LogFields, type Logger } from '../../../src/base/logger.ts';
import type { ClientTransaction, ClientTransactionUser } from '../../../src/sip/endpoint/client-transaction.ts';
import { Endpoint, type EndpointUser } from '../../../src/sip/endpoint/endpoint.ts';
import type { EndpointOptions } from '../../../src/sip/endpoint/endpoint-options.ts';
import { OwnAddresses } from '../../../src/sip/endpoint/own-addresses.ts';
import { DEFAULT_MESSAGE_LIMITS, isParseFailure, parseMessage } from '../../../src/sip/message/parse-message.ts';
import { buildReply } from '../../../src/sip/message/reply.ts';
import type { SipMessage } from '../../../src/sip/message/sip-message.ts';
import type { ServerTransaction } from '../../../src/sip/endpoint/server-transaction.ts';
import { RFC_TIMINGS } from '../../../src/sip/transaction/timings.ts';
import type { Destination, LocalSocket, Source } from '../../../src/sip/transport/transport.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

export const UDP: LocalSocket = { protocol: 'udp', address: '192.0.2.1', port: 5060, family: 4 };
export const TCP: LocalSocket = { protocol: 'tcp', address: '192.0.2.1', port: 5060, family: 4 };
/** Where requests come from in these tests. Sent-by of the caller is another port, so that the two can be told apart. */
export const CALLER: Source = { protocol: 'udp', address: '203.0.113.9', port: 40_000, local: UDP, connectionId: 0 };
export const CONNECTION: Source = { protocol: 'tcp', address: '203.0.113.9', port: 40_001, local: TCP, connectionId: 7 };

export interface Sent {
  readonly text: string;
  readonly message: SipMessage;
  readonly destination: Destination;
}

/** An endpoint on a virtual clock, over a network that is a list, under a core that is a list. */
export class EndpointFixture implements EndpointUser {
  readonly clock = new VirtualClock();
  readonly counters = new Counters();
  readonly endpoint: Endpoint;
  /** What reached the core. */
  readonly requests: { request: SipMessage; source: Source }[] = [];
  readonly responses: { response: SipMessage; transaction: ClientTransaction | undefined }[] = [];
  readonly logged: { message: string; fields: LogFields | undefined }[] = [];
  /** What the core does with a request; nothing unless a test says otherwise. */
  core: (request: SipMessage, source: Source) => void = () => {};
  #sent: Sent[] = [];

  constructor(options: Partial<EndpointOptions> = {}) {
    const log = (message: string, fields?: LogFields): void => void this.logged.push({ message, fields });
    const logger: Logger = { ...silentLogger, warn: log, error: log };
    this.endpoint = new Endpoint({
      clock: this.clock,
      logger,
      counters: this.counters,
      ownAddresses: new OwnAddresses(() => []),
      sender: {
        send: (text, destination) => this.#record(text, destination),
        localFor: ({ protocol }) => (protocol === 'udp' ? UDP : TCP),
      },
      options: { timings: RFC_TIMINGS, messageLimits: DEFAULT_MESSAGE_LIMITS, maxTransactions: 1000, serverHeader: 'test', retryAfterS: 10, ...options },
    });
    this.endpoint.attach(this);
  }

  /** A message arrives; lines are joined with CRLF. */
  receive(text: string, source: Source = CALLER): void {
    this.endpoint.onMessage(text.replace(/\r?\n/g, '\r\n'), source);
  }

  take(): Sent[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  takeOne(): Sent {
    const sent = this.take();
    assert.equal(sent.length, 1, `expected one message, got ${sent.length}`);
    return sent[0]!;
  }

  counter(name: string): number {
    return this.counters.all().find((counter) => counter.name === name)?.value ?? 0;
  }

  onRequest(request: SipMessage, source: Source): void {
    this.requests.push({ request, source });
    this.core(request, source);
  }

  onResponse(response: SipMessage, _source: Source, transaction: ClientTransaction | undefined): void {
    this.responses.push({ response, transaction });
    transaction?.receive(response);
  }

  /** Answers through a transaction. */
  answer(transaction: ServerTransaction, status: number): void {
    const { request, source, forceRport } = transaction;
    transaction.respond(status, buildReply(request, source, { status, reason: 'Reason', toTag: 't1', forceRport }));
  }

  /** Sends a request of ours through a new client transaction. */
  sendRequest(method: string, user: ClientTransactionUser = { onResponse() {}, onTransactionFailure() {} }): ClientTransaction {
    const transaction = this.endpoint.openClient(method, user);
    const destination: Destination = { protocol: 'udp', address: '198.51.100.2', port: 5070 };
    const text = request({ method, via: `SIP/2.0/UDP ${this.endpoint.sentBy(destination)};branch=${transaction.branch}` });
    transaction.start(text.replace(/\n/g, '\r\n'), destination);
    return transaction;
  }

  #record(text: string, destination: Destination): void {
    const parsed = parseMessage(text);
    // An answer to a malformed request copies what is malformed in it.
    const message = isParseFailure(parsed) ? parsed.message : parsed;
    assert.ok(message !== undefined, `what was sent is not SIP: ${text}`);
    this.#sent.push({ text, message, destination });
  }
}

export interface RequestShape {
  readonly method?: string;
  readonly uri?: string;
  readonly via?: string;
  readonly toTag?: string;
  readonly fromTag?: string;
  readonly callId?: string;
  readonly cseq?: number;
  /** Whole lines, each with its line end. */
  readonly headers?: string;
}

export function request(shape: RequestShape = {}): string {
  const { method = 'INVITE', uri = 'sip:bob@example.com', via = 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKc1', toTag, fromTag = 'a1', callId = 'call-1', cseq = 1, headers = '' } = shape;
  return (
    `${method} ${uri} SIP/2.0\nVia: ${via}\nMax-Forwards: 70\nFrom: <sip:alice@example.com>;tag=${fromTag}\n` +
    `To: <sip:bob@example.com>${toTag === undefined ? '' : `;tag=${toTag}`}\nCall-ID: ${callId}\nCSeq: ${cseq} ${method}\n${headers}Content-Length: 0\n\n`
  );
}

/** Of a request as `request()` writes it: what makes it another one (§17.2.3). */
export const OTHER_REQUESTS: readonly (readonly [what: string, other: RequestShape])[] = [
  ['branch', { via: 'SIP/2.0/UDP 203.0.113.9:5090;branch=z9hG4bKc2' }],
  ['port of sent-by', { via: 'SIP/2.0/UDP 203.0.113.9:5091;branch=z9hG4bKc1' }],
  ['host of sent-by', { via: 'SIP/2.0/UDP 203.0.113.10:5090;branch=z9hG4bKc1' }],
  ['CSeq, as clients send after a challenge', { cseq: 2 }],
  ['Call-ID', { callId: 'call-2' }],
  ['method', { method: 'OPTIONS' }],
];

export interface ResponseShape {
  readonly status?: number;
  /** Values from the top down. */
  readonly vias: readonly string[];
  readonly method?: string;
  readonly callId?: string;
  readonly cseq?: number;
}

export function response({ status = 200, vias, method = 'INVITE', callId = 'call-1', cseq = 1 }: ResponseShape): string {
  return (
    `SIP/2.0 ${status} Reason\n${vias.map((via) => `Via: ${via}\n`).join('')}From: <sip:alice@example.com>;tag=a1\n` +
    `To: <sip:bob@example.com>;tag=b1\nCall-ID: ${callId}\nCSeq: ${cseq} ${method}\nContent-Length: 0\n\n`
  );
}
