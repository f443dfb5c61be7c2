import { headerOf, requestText, routesOf, uriIn } from './sip-text.ts';
import type { SipSocket } from './socket.ts';

/** What becomes of a call: its caller gives up while it rings, or it is answered and ended at once. */
export type CallKind = 'missed' | 'answered';

export interface Call {
  readonly kind: CallKind;
  /** The caller's name, `missed-17`: it is in the message that the callee gets. */
  readonly name: string;
  /** When the CANCEL went out, in milliseconds since the epoch. */
  cancelledAtMs: number | undefined;
  /** How it ended; undefined while it has not. */
  end: 'as wanted' | `failed: ${string}` | undefined;
}

interface Running {
  readonly call: Call;
  readonly callee: string;
  readonly startedMs: number;
  /** What is sent again until it has an answer. */
  request: string;
  sentMs: number;
  waitMs: number;
}

/** RFC 3261 §17.1.1.1 */
const T1_MS = 500;
const GIVE_UP_MS = 10_000;
const CALLER_DOMAIN = 'callers.example';

/** Callers who are strangers to the service, all on one socket. */
export class Callers {
  readonly #socket: SipSocket;
  readonly #domain: string;
  readonly #running = new Map<string, Running>();
  readonly #timer: NodeJS.Timeout;

  constructor(socket: SipSocket, domain: string) {
    this.#socket = socket;
    this.#domain = domain;
    socket.onMessage = (text) => this.#receive(text);
    this.#timer = setInterval(() => this.#sweep(), T1_MS / 5);
  }

  /** Calls that have not come to their end. */
  get running(): number {
    return this.#running.size;
  }

  place(kind: CallKind, number: number, callee: string): Call {
    const name = `${kind}-${number}`;
    const call: Call = { kind, name, cancelledAtMs: undefined, end: undefined };
    const nowMs = performance.now();
    const running: Running = { call, callee, startedMs: nowMs, request: '', sentMs: nowMs, waitMs: T1_MS };
    this.#running.set(name, running);
    this.#request(running, 'INVITE', 1);
    return call;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #receive(text: string): void {
    const running = this.#running.get(headerOf(text, 'Call-ID'));
    if (running === undefined) {
      // A final answer that comes again: its ACK was lost.
      if (/^SIP\/2\.0 [2-6]/.test(text) && headerOf(text, 'CSeq').endsWith(' INVITE')) this.#acknowledgeAgain(text);
      return;
    }
    const status = Number(text.slice(8, 11));
    const method = headerOf(text, 'CSeq').split(' ')[1];
    if (method === 'INVITE') this.#onInviteResponse(running, status, text);
    else if (method === 'BYE') this.#end(running, status === 200 ? 'as wanted' : `failed: BYE ${status}`);
    else if (method === 'CANCEL') running.waitMs = Infinity;
  }

  #onInviteResponse(running: Running, status: number, text: string): void {
    const { call } = running;
    if (status < 180) {
      if (call.cancelledAtMs === undefined) running.waitMs = Infinity;
    } else if (status < 200) {
      if (call.kind === 'missed' && call.cancelledAtMs === undefined) {
        this.#request(running, 'CANCEL', 1);
        call.cancelledAtMs = performance.timeOrigin + performance.now();
      } else if (call.kind === 'answered') running.waitMs = Infinity;
    } else if (status < 300) {
      this.#inDialog(running, 'ACK', 1, text);
      if (call.kind === 'answered') this.#inDialog(running, 'BYE', 2, text);
      else this.#end(running, 'failed: it was answered');
    } else {
      this.#acknowledgeAgain(text);
      this.#end(running, call.kind === 'missed' && status === 487 ? 'as wanted' : `failed: INVITE ${status}`);
    }
  }

  #request(running: Running, method: 'INVITE' | 'CANCEL', cseq: number): void {
    const { call, callee } = running;
    const { address } = this.#socket;
    const text = requestText({
      method,
      uri: `sip:${callee}@${this.#domain}`,
      via: `SIP/2.0/UDP ${address};branch=z9hG4bK-${call.name}`,
      from: `<sip:${call.name}@${CALLER_DOMAIN}>;tag=${call.name}`,
      to: `<sip:${callee}@${this.#domain}>`,
      callId: call.name,
      cseq,
      ...(method === 'INVITE' ? { more: [`Contact: <sip:${call.name}@${address}>`] } : {}),
    });
    this.#start(running, text);
  }

  #inDialog(running: Running, method: 'ACK' | 'BYE', cseq: number, response: string): void {
    const { call } = running;
    const text = requestText({
      method,
      uri: uriIn(headerOf(response, 'Contact')),
      via: `SIP/2.0/UDP ${this.#socket.address};branch=z9hG4bK-${method}-${call.name}`,
      from: headerOf(response, 'From'),
      to: headerOf(response, 'To'),
      callId: call.name,
      cseq,
      more: routesOf(response),
    });
    if (method === 'BYE') this.#start(running, text);
    else this.#socket.send(text);
  }

  /** The ACK of a failure belongs to the transaction of its INVITE (§17.1.1.3). */
  #acknowledgeAgain(response: string): void {
    const to = headerOf(response, 'To');
    const text = requestText({
      method: 'ACK',
      uri: uriIn(to),
      via: headerOf(response, 'Via'),
      from: headerOf(response, 'From'),
      to,
      callId: headerOf(response, 'Call-ID'),
      cseq: 1,
    });
    this.#socket.send(text);
  }

  #start(running: Running, text: string): void {
    running.request = text;
    running.sentMs = performance.now();
    running.waitMs = T1_MS;
    this.#socket.send(text);
  }

  #end(running: Running, end: NonNullable<Call['end']>): void {
    running.call.end = end;
    this.#running.delete(running.call.name);
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const running of this.#running.values()) {
      if (nowMs - running.startedMs > GIVE_UP_MS) this.#end(running, 'failed: no end within 10 s');
      else if (nowMs - running.sentMs > running.waitMs) {
        running.sentMs = nowMs;
        running.waitMs *= 2;
        this.#socket.send(running.request);
      }
    }
  }
}
