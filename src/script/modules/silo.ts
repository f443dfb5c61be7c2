import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import { randomHex } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import type { MessageStore, MessageToStore, RequestSender, StoredMessage } from '../ports.ts';
import { withDeadline } from './deadline.ts';
import { offlineMessage } from './offline-message.ts';

export interface SiloOptions {
  /** Undefined in a node without one: everything then fails. */
  readonly store: MessageStore | undefined;
  readonly requests: RequestSender;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** How long a script waits for the store. */
  readonly waitMs: number;
  /** Plain texts begin with when they were received. */
  readonly showsDate: boolean;
}

const SWEEP_MS = 600_000;
/** Users whose messages are being delivered at once; past it the next registration tries again. */
const MAX_DUMPS = 1000;
/** Messages that one dump delivers; what is left waits for the next registration. */
const MAX_PER_DUMP = 200;

/**
 * Answers that speak of the phone or the way to it, not of the message: the next message would fare no better.
 * Any other failure is about this one message, and the next is tried.
 */
const NOBODY_THERE: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408, 410, 430, 480, 481, 483, 487, 502, 503, 504]);

/**
 * Messages for users who are not there: `KSR.msilo`. They are delivered one after another, each claimed right
 * before it is sent, so that they arrive in their order and two nodes never send one message both. A process
 * that dies between the phone's answer and the row's end leaves a message that is delivered twice.
 */
export class Silo implements TimerOwner {
  readonly #options: SiloOptions;
  readonly #sweep = new Timer(this);
  /** Users being served; true when somebody asked again meanwhile. */
  readonly #dumps = new Map<string, boolean>();
  /** Call-IDs of the messages on their way. */
  readonly #onTheirWay = new Set<string>();
  readonly #stored: Counter;
  readonly #refused: Counter;
  readonly #delivered: Counter;
  readonly #undelivered: Counter;
  readonly #expired: Counter;

  constructor(options: SiloOptions) {
    this.#options = options;
    const { counters } = options;
    this.#stored = counters.define('msilo.stored', 'Messages kept for users who are not there');
    this.#refused = counters.define('msilo.refused', 'Messages that were not kept: the user has too many, or the database failed');
    this.#delivered = counters.define('msilo.delivered', 'Kept messages that a phone has taken');
    this.#undelivered = counters.define('msilo.undelivered', 'Attempts to deliver a kept message that no phone took');
    this.#expired = counters.define('msilo.expired', 'Kept messages that were deleted because nobody came for them in time');
  }

  start(): void {
    if (this.#options.store !== undefined) this.#options.clock.arm(this.#sweep, SWEEP_MS);
  }

  stop(): void {
    this.#options.clock.disarm(this.#sweep);
  }

  onTimer(): void {
    const { store, clock, logger } = this.#options;
    clock.arm(this.#sweep, SWEEP_MS);
    store?.deleteExpired(clock.now()).then(
      (count) => void (this.#expired.value += count),
      (thrown: unknown) => logger.warn(`msilo: expired messages are not deleted yet: ${errorText(thrown)}`),
    );
  }

  /** True for a message that is being delivered right now: it is in the store already. */
  isOnItsWay(callId: string): boolean {
    return this.#onTheirWay.has(callId);
  }

  /** False when the user has too many. Rejects when the store fails. */
  async store(message: MessageToStore): Promise<boolean> {
    const { clock, waitMs } = this.#options;
    try {
      const kept = await withDeadline(clock, waitMs, this.#store.store(message));
      (kept ? this.#stored : this.#refused).value += 1;
      return kept;
    } catch (thrown) {
      this.#refused.value += 1;
      throw thrown;
    }
  }

  /**
   * Begins to deliver what waits for a user; resolves when it is known whether there is something. False when
   * too many are being served. Rejects when the store fails.
   *
   * @param requestUri the user's own address. Ours are believed on their way, so they go nowhere that a sender has named
   */
  async dump(username: string, requestUri: string): Promise<boolean> {
    if (this.#dumps.has(username)) {
      this.#dumps.set(username, true);
      return true;
    }
    if (this.#dumps.size >= MAX_DUMPS) return false;
    this.#dumps.set(username, false);
    try {
      const first = await this.#next(username);
      void this.#deliver(username, requestUri, first);
    } catch (thrown) {
      this.#dumps.delete(username);
      throw thrown;
    }
    return true;
  }

  get #store(): MessageStore {
    if (this.#options.store === undefined) throw new Error('this node has no store for messages');
    return this.#options.store;
  }

  async #next(username: string): Promise<StoredMessage | undefined> {
    const { clock, waitMs } = this.#options;
    const [message] = await withDeadline(clock, waitMs, this.#store.claim(username, '', clock.now(), 1));
    return message;
  }

  async #deliver(username: string, requestUri: string, first: StoredMessage | undefined): Promise<void> {
    const { logger } = this.#options;
    try {
      let message = first;
      for (let count = 0; message !== undefined && count < MAX_PER_DUMP; count += 1) {
        const goesOn = await this.#deliverOne(message, requestUri);
        // A phone that came while another was tried in vain is worth another look.
        if (!goesOn && !this.#askedAgain(username)) break;
        message = await this.#next(username);
        if (message === undefined && this.#askedAgain(username)) message = await this.#next(username);
      }
    } catch (thrown) {
      logger.error(`msilo: messages are not delivered: ${errorText(thrown)}`, { username });
    }
    this.#dumps.delete(username);
  }

  #askedAgain(username: string): boolean {
    const asked = this.#dumps.get(username) === true;
    if (asked) this.#dumps.set(username, false);
    return asked;
  }

  /** Whether the next one is worth a try. */
  async #deliverOne(message: StoredMessage, requestUri: string): Promise<boolean> {
    const status = await this.#send(message, requestUri);
    if (status >= 200 && status < 300) {
      this.#delivered.value += 1;
      await this.#store.remove(message.id);
      return true;
    }
    this.#undelivered.value += 1;
    if (!NOBODY_THERE.has(status)) {
      this.#options.logger.warn('msilo: a message was refused and stays until it expires', { id: message.id, status });
      // It stays claimed, so that this dump does not come upon it again.
      return true;
    }
    await this.#store.release(message.id);
    return false;
  }

  /** The final status; 400 for a row of which no request can be made. */
  async #send(message: StoredMessage, requestUri: string): Promise<number> {
    const { requests, showsDate } = this.#options;
    const callId = randomHex(16);
    const request = offlineMessage(message, { requestUri, callId, showsDate });
    if (request === undefined) return 400;
    this.#onTheirWay.add(callId);
    const status = await new Promise<number>((resolve) => {
      if (!requests.send(request, resolve)) resolve(503);
    });
    this.#onTheirWay.delete(callId);
    return status;
  }
}
