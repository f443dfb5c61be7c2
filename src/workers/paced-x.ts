import type { Clock } from '../base/clock.ts';
import { XFailure, type DirectMessage, type SentDirectMessage, type XPort, type XUser } from '../x/port.ts';

/** The calls that X counts apart. */
type Call = 'lookup' | 'send' | 'list';

/**
 * X for a worker with a backlog. When X has refused a call for its rate, every later call of that
 * kind fails here with the same `rate-limited` until the time that X gave: a thousand waiting
 * messages must not mean a thousand refused requests each quarter of an hour. Holds for one process;
 * another one learns it from X with one request of its own.
 */
export class PacedX implements Omit<XPort, 'me'> {
  readonly #x: XPort;
  readonly #clock: Clock;
  readonly #heldUntilMs = new Map<Call, number>();

  constructor(x: XPort, clock: Clock) {
    this.#x = x;
    this.#clock = clock;
  }

  /** Until when sending is held, or `undefined`. Asked before a message is claimed, which is cheaper than giving it back. */
  get sendHeldUntilMs(): number | undefined {
    return this.#held('send');
  }

  findUserByName(username: string): Promise<XUser | undefined> {
    return this.#call('lookup', () => this.#x.findUserByName(username));
  }

  sendDirectMessage(message: { recipientId: string; text: string }): Promise<SentDirectMessage> {
    return this.#call('send', () => this.#x.sendDirectMessage(message));
  }

  findDirectMessages(query: { participantId: string; sinceMs: number; limit: number }): Promise<DirectMessage[]> {
    return this.#call('list', () => this.#x.findDirectMessages(query));
  }

  #held(call: Call): number | undefined {
    const untilMs = this.#heldUntilMs.get(call);
    return untilMs !== undefined && untilMs > this.#clock.now() ? untilMs : undefined;
  }

  async #call<Result>(call: Call, request: () => Promise<Result>): Promise<Result> {
    const retryAtMs = this.#held(call);
    if (retryAtMs !== undefined) throw new XFailure('rate-limited', 'X has asked to wait', { retryAtMs });
    try {
      return await request();
    } catch (thrown) {
      if (thrown instanceof XFailure && thrown.retryAtMs !== undefined) this.#heldUntilMs.set(call, thrown.retryAtMs);
      throw thrown;
    }
  }
}
