import type { Clock } from '../../base/clock.ts';
import { XFailure, type DirectMessage, type SentDirectMessage, type XPort, type XPosting, type XUser } from '../../x/port.ts';
import type { Hold } from '../gate/budget.ts';
import { OPEN_GATE, type XGate } from '../gate/x-gate.ts';

/** The calls that X counts apart. */
export type PacedCall = 'lookup' | 'send' | 'list' | 'reply';

/** What the workers ask of X. */
export type XSending = Pick<XPort, 'findUserByName' | 'sendDirectMessage' | 'findDirectMessages'> & Pick<XPosting, 'reply'>;

/** What a caller may say of a call. */
interface Urgency {
  /** See `XGate.held`. */
  readonly essential?: boolean;
}

/**
 * X for workers with a backlog: one for all of a process. When X has refused a call for its rate,
 * every later call of that kind fails here with the same `rate-limited` until the time that X gave:
 * a thousand waiting messages must not mean a thousand refused requests each quarter of an hour.
 * Holds for one process; another one learns it from X with one request of its own.
 *
 * The kill switch and the budget stand in front of every call, and fail it in the same way.
 */
export class PacedX implements XSending {
  readonly #x: XSending;
  readonly #clock: Clock;
  readonly #gate: XGate;
  readonly #heldUntilMs = new Map<PacedCall, number>();

  constructor(x: XSending, clock: Clock, gate: XGate = OPEN_GATE) {
    this.#x = x;
    this.#clock = clock;
    this.#gate = gate;
  }

  /** What holds calls of that kind, or `undefined`. Asked before a message is claimed, which is cheaper than giving it back. */
  async holdOn(call: PacedCall, urgency: Urgency = {}): Promise<Hold | undefined> {
    const untilMs = this.#heldUntilMs.get(call);
    if (untilMs !== undefined && untilMs > this.#clock.now()) return { untilMs, reason: 'X has asked to wait' };
    return this.#gate.held(urgency);
  }

  findUserByName(username: string): Promise<XUser | undefined> {
    return this.#call('lookup', {}, () => this.#x.findUserByName(username));
  }

  sendDirectMessage(message: { recipientId: string; text: string }, urgency: Urgency = {}): Promise<SentDirectMessage> {
    return this.#call('send', urgency, () => this.#x.sendDirectMessage(message));
  }

  findDirectMessages(query: { participantId: string; sinceMs: number; limit: number }): Promise<DirectMessage[]> {
    return this.#call('list', {}, () => this.#x.findDirectMessages(query));
  }

  reply(post: { text: string; toPostId: string }, urgency: Urgency = {}): Promise<{ postId: string }> {
    return this.#call('reply', urgency, () => this.#x.reply(post));
  }

  async #call<Result>(call: PacedCall, urgency: Urgency, request: () => Promise<Result>): Promise<Result> {
    const hold = await this.holdOn(call, urgency);
    if (hold !== undefined) throw new XFailure('rate-limited', hold.reason, { retryAtMs: hold.untilMs });
    try {
      return await request();
    } catch (thrown) {
      if (thrown instanceof XFailure && thrown.retryAtMs !== undefined) this.#heldUntilMs.set(call, thrown.retryAtMs);
      throw thrown;
    }
  }
}
