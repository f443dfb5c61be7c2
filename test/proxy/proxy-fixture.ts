import assert from 'node:assert/strict';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger, type LogFields, type Logger } from '../../src/base/logger.ts';
import type { Branch } from '../../src/proxy/branch.ts';
import type { NextHops } from '../../src/proxy/next-hop.ts';
import { Proxy } from '../../src/proxy/proxy.ts';
import type { ProxyOptions } from '../../src/proxy/proxy-parts.ts';
import { RequestEdits } from '../../src/proxy/request-edits.ts';
import type { Decision, ForwardingOwner, ResponseContext } from '../../src/proxy/response-context.ts';
import { target, type Target } from '../../src/proxy/target.ts';
import type { ClientTransaction } from '../../src/sip/endpoint/client-transaction.ts';
import { Endpoint } from '../../src/sip/endpoint/endpoint.ts';
import { OwnAddresses } from '../../src/sip/endpoint/own-addresses.ts';
import { EditList } from '../../src/sip/message/edit-list.ts';
import { DEFAULT_MESSAGE_LIMITS, isParseFailure, parseMessage } from '../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../src/sip/message/sip-message.ts';
import { RFC_TIMINGS } from '../../src/sip/transaction/timings.ts';
import type { Destination, LocalSocket, Source } from '../../src/sip/transport/transport.ts';
import { plainHost } from '../../src/sip/uri/uri.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

export const PROXY_ADDRESS = '192.0.2.1';
const LOCAL: LocalSocket = { protocol: 'udp', address: PROXY_ADDRESS, port: 5060, family: 4 };
const LOCAL_TCP: LocalSocket = { protocol: 'tcp', address: PROXY_ADDRESS, port: 5060, family: 4 };

/** A message that the proxy sent. */
export interface Sent {
  readonly to: string;
  readonly text: string;
  readonly message: SipMessage;
}

/** A script in miniature: what the tests want to decide about a forwarded request. */
export class TestOwner implements ForwardingOwner {
  branchDecision: Decision = 'go';
  replyDecision: Decision = 'go';
  /** Targets for each failure, one attempt after the other. */
  nextAttempts: Target[][] = [];
  failures: number[] = [];
  failedBranches: number[] = [];
  branchFailureDecision: 'go' | 'parked' = 'go';
  failureDecision: 'go' | 'parked' = 'go';
  ended = 0;
  readonly branches: Branch[] = [];

  onBranch(branch: Branch): Decision {
    this.branches.push(branch);
    return this.branchDecision;
  }

  replyEdits(): EditList {
    return new EditList();
  }

  onReply(_branch?: Branch, _response?: SipMessage, _edits?: EditList): Decision {
    return this.replyDecision;
  }

  onBranchFailure(branch: Branch): 'go' | 'parked' {
    this.failedBranches.push(branch.status);
    return this.branchFailureDecision;
  }

  onFailure(context: ResponseContext): 'go' | 'parked' {
    this.failures.push(context.chosen!.status);
    const next = this.nextAttempts.shift();
    if (next !== undefined) context.forward(next, new RequestEdits());
    return this.failureDecision;
  }

  onAnswered(): void {}

  onEnded(): void {
    this.ended += 1;
  }
}

/** A proxy on a virtual clock and a network that is a list. Every request goes to `targets`. */
export class ProxyFixture {
  readonly clock = new VirtualClock();
  readonly counters = new Counters();
  /** Warnings and errors that were logged. */
  readonly logged: string[] = [];
  readonly logger: Logger = { ...silentLogger, warn: (message) => void this.logged.push(message), error: (message, fields?: LogFields) => void this.logged.push(`${message}: ${fields?.['error']}`) };
  readonly endpoint: Endpoint;
  readonly proxy: Proxy;
  owner = new TestOwner();
  targets: Target[] = [target('sip:bob@198.51.100.2:5070')];
  edits = new RequestEdits();
  lastContext: ResponseContext | undefined;
  /** What the last request was told by `forward`. */
  forwarded: unknown;
  #sent: Sent[] = [];

  constructor(options: Partial<ProxyOptions> = {}, nextHops: NextHops = numericHosts) {
    this.endpoint = new Endpoint({
      clock: this.clock,
      logger: this.logger,
      counters: this.counters,
      ownAddresses: new OwnAddresses(() => []),
      sender: {
        send: (text, destination) => this.#record(text, destination),
        localFor: (destination) => (destination.protocol === 'udp' ? LOCAL : LOCAL_TCP),
      },
      options: { timings: RFC_TIMINGS, messageLimits: DEFAULT_MESSAGE_LIMITS, maxTransactions: 1000, serverHeader: '', retryAfterS: 10 },
    });
    this.endpoint.attach(this);
    this.proxy = new Proxy(this.endpoint, nextHops, { firstResponseMs: 32_000, ringMs: 181_000, maxBranches: 12, maxBreadth: 60, ...options });
  }

  /** A message arrives; lines are joined with CRLF. */
  receive(text: string, from = '203.0.113.9:5090', protocol: 'udp' | 'tcp' = 'udp'): void {
    const [address, port] = from.split(':') as [string, string];
    const source: Source = { protocol, address, port: Number(port), local: protocol === 'udp' ? LOCAL : LOCAL_TCP, connectionId: protocol === 'udp' ? 0 : 7 };
    this.endpoint.onMessage(text.replace(/\r?\n/g, '\r\n'), source);
  }

  /** All that was sent since the last call. */
  take(): Sent[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  /** The only message that was sent since the last call. */
  takeOne(): Sent {
    const sent = this.take();
    assert.equal(sent.length, 1, `expected one message, got ${JSON.stringify(summary(sent))}`);
    return sent[0]!;
  }

  counter(name: string): number {
    return this.counters.all().find((counter) => counter.name === name)?.value ?? 0;
  }

  onRequest(request: SipMessage, source: Source): void {
    if (request.method === 'CANCEL') {
      if (!this.proxy.cancel(request, source)) this.endpoint.replyStatelessly(request, source, { status: 481, reason: 'Call/Transaction Does Not Exist' });
      return;
    }
    if (request.method === 'ACK') {
      this.proxy.forwardStatelessly(request, source, this.targets[0]!, this.edits.copy(), false);
      return;
    }
    const context = this.proxy.open(this.endpoint.openServer(request, source), this.owner);
    this.lastContext = context;
    this.forwarded = context.forward(this.targets.map((one) => ({ ...one })), this.edits);
  }

  onResponse(response: SipMessage, _source: Source, transaction: ClientTransaction | undefined): void {
    if (transaction !== undefined) transaction.receive(response);
    else this.proxy.forwardResponse(response);
  }

  #record(text: string, destination: Destination): void {
    const message = parseMessage(text);
    if (isParseFailure(message)) assert.fail(`the proxy sent what cannot be parsed (${message.failure}): ${text}`);
    this.#sent.push({ to: `${destination.address}:${destination.port}`, text, message });
  }
}

/** `INVITE -> 198.51.100.2:5070`, `486 -> …` for each message. */
export function summary(sent: readonly Sent[]): string[] {
  return sent.map(({ to, message }) => `${message.isRequest ? message.method : message.status} -> ${to}`);
}

const numericHosts: NextHops = {
  find: (uri) => (/^[\d.]+$/.test(uri.host) ? { protocol: /transport=tcp/.test(uri.params) ? 'tcp' : 'udp', address: plainHost(uri.host), port: uri.port === 0 ? 5060 : uri.port } : 'unresolvable'),
};

export interface RequestShape {
  readonly method?: string;
  readonly uri?: string;
  readonly branch?: string;
  readonly toTag?: string;
  readonly cseq?: number;
  readonly callId?: string;
  /** Whole lines, each with its line end. */
  readonly headers?: string;
  readonly body?: string;
}

export function request(shape: RequestShape = {}): string {
  const { method = 'INVITE', uri = 'sip:bob@example.com', branch = 'z9hG4bKcaller1', toTag, cseq = 1, callId = 'call-1@caller', headers = '', body = '' } = shape;
  return (
    `${method} ${uri} SIP/2.0\n` +
    `Via: SIP/2.0/UDP 203.0.113.9:5090;branch=${branch}\n` +
    `Max-Forwards: 70\nFrom: "Alice" <sip:alice@example.com>;tag=a1\nTo: <sip:bob@example.com>${toTag === undefined ? '' : `;tag=${toTag}`}\n` +
    `Call-ID: ${callId}\nCSeq: ${cseq} ${method}\nContact: <sip:alice@203.0.113.9:5090>\n${headers}Content-Length: ${body.length}\n\n${body}`
  );
}

/** The response of the peer that a request was sent to. */
export function answer(sent: Sent, status: number, reason = 'Reason', headers = '', toTag = 'b1'): string {
  const { message } = sent;
  const lines = [`SIP/2.0 ${status} ${reason}`];
  for (let index = 0; index < message.fieldCount; index += 1) {
    const name = message.fieldName(index).toLowerCase();
    if (['via', 'from', 'call-id', 'cseq', 'record-route'].includes(name)) lines.push(`${message.fieldName(index)}: ${message.fieldValue(index)}`);
    if (name === 'to') lines.push(`To: ${message.fieldValue(index)}${status > 100 && message.to?.tag === undefined ? `;tag=${toTag}` : ''}`);
  }
  return `${lines.join('\n')}\n${headers}Content-Length: 0\n\n`;
}
