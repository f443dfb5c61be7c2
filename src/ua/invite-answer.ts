import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { ServerTransaction } from '../sip/endpoint/server-transaction.ts';
import { buildReply } from '../sip/message/reply.ts';
import type { CallerAgent } from './caller-agent.ts';

/** What a user agent says in the final response to a request. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Whole header lines, each with its CRLF. */
  readonly headers?: string;
  readonly body?: string;
}

/** Answers a request through its transaction. `toTag` is used where To has none yet. */
export function answerRequest(transaction: ServerTransaction, { status, reason, headers = '', body = '' }: Answer, toTag = ''): void {
  const { request, source } = transaction;
  const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
  transaction.respond(status, buildReply(request, source, { status, reason, toTag, headers: headers + type, body }));
}

/** Who waits for the ACK. */
export interface InviteAnswerUser {
  /** The ACK is there, with the session description in it, '' for none. Told once. */
  onAcknowledged(description: string): void;
  /** No ACK came in 64*T1: the session should be ended (RFC 3261 §13.3.1.4). */
  onUnacknowledged(): void;
}

const REPEAT = 0;
const GIVE_UP = 1;

/**
 * A 2xx to an INVITE. It is repeated until its ACK comes, after T1 first and T2 in the end, whatever
 * the transport (RFC 3261 §13.3.1.4): the transaction below does not do it, as the ACK of a 2xx is none of its own.
 */
export class InviteAnswer implements TimerOwner {
  readonly #agent: CallerAgent;
  readonly #transaction: ServerTransaction;
  readonly #text: string;
  readonly #user: InviteAnswerUser;
  readonly #repeat = new Timer(this, REPEAT);
  readonly #giveUp = new Timer(this, GIVE_UP);
  #intervalMs: number;
  #isAcknowledged = false;

  /** Sends it. `toTag` is used where To has none yet. */
  constructor(agent: CallerAgent, transaction: ServerTransaction, parts: { readonly headers: string; readonly body: string; readonly toTag: string }, user: InviteAnswerUser) {
    const { request, source } = transaction;
    const { headers, body, toTag } = parts;
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
    this.#agent = agent;
    this.#transaction = transaction;
    this.#user = user;
    this.#text = buildReply(request, source, { status: 200, reason: 'OK', toTag, headers: headers + type, body });
    this.#intervalMs = agent.timings.t1Ms;
    transaction.respond(200, this.#text);
    agent.clock.arm(this.#repeat, this.#intervalMs);
    agent.clock.arm(this.#giveUp, agent.timings.timeoutMs);
  }

  /** Whether an ACK is this one's: that of a 2xx has the CSeq number of its INVITE. */
  isFor(cseq: number): boolean {
    return this.#transaction.request.cseq?.number === cseq;
  }

  acknowledge(description: string): void {
    this.stop();
    if (this.#isAcknowledged) return;
    this.#isAcknowledged = true;
    this.#user.onAcknowledged(description);
  }

  /** Nobody waits for the ACK any more. */
  stop(): void {
    this.#agent.clock.disarm(this.#repeat);
    this.#agent.clock.disarm(this.#giveUp);
  }

  onTimer(kind: number): void {
    if (kind === GIVE_UP) {
      this.stop();
      this.#user.onUnacknowledged();
      return;
    }
    this.#transaction.respond(200, this.#text);
    this.#intervalMs = Math.min(2 * this.#intervalMs, this.#agent.timings.t2Ms);
    this.#agent.clock.arm(this.#repeat, this.#intervalMs);
  }
}
