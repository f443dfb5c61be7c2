import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import { within } from './deadline.ts';

const PROBE_EVERY_MS = 1_000;
const PROBE_MS = 2_000;
const SAME_ERROR_MS = 10_000;

/**
 * Whether the backend answers, told in one log line when it is lost and one when it is back. The
 * many connections of BullMQ all complain in an outage, some of them early and some late: an error is only taken as
 * a hint to ask the backend itself, and when it answers to ask once more a little later.
 */
export class BackendLink {
  readonly #target: string;
  readonly #ping: () => Promise<void>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timer = new Timer(this);
  #probing = false;
  /** The error of a backend that has answered nevertheless, until it has been asked again. */
  #doubt: string | undefined;
  #lostAtMs: number | undefined;
  #reportedAtMs = -Infinity;
  #closed = false;

  constructor(options: { target: string; ping: () => Promise<void>; clock: Clock; logger: Logger }) {
    this.#target = options.target;
    this.#ping = options.ping;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Something went wrong: find out whether the backend is there. */
  suspect(error: unknown): void {
    if (this.#closed || this.#probing || this.#timer.armed) return;
    this.#doubt = errorText(error);
    void this.#probe(true);
  }

  /** @throws AppError `jobs.unreachable`, or what the client says */
  async ask(): Promise<void> {
    await within(this.#clock, PROBE_MS, this.#ping());
  }

  close(): void {
    this.#closed = true;
    this.#clock.disarm(this.#timer);
  }

  onTimer(): void {
    void this.#probe(false);
  }

  async #probe(first: boolean): Promise<void> {
    this.#probing = true;
    try {
      await this.ask();
      this.#answered(first);
    } catch (thrown) {
      this.#lost(errorText(thrown));
    } finally {
      this.#probing = false;
    }
  }

  #answered(first: boolean): void {
    if (this.#closed) return;
    const nowMs = this.#clock.monotonicMs();
    if (this.#lostAtMs !== undefined) {
      this.#logger.info('The queue backend answers again', { backend: this.#target, awayMs: nowMs - this.#lostAtMs });
      this.#lostAtMs = undefined;
    } else if (first) {
      // While a backend goes down one connection may fail and another still be answered.
      this.#clock.arm(this.#timer, PROBE_EVERY_MS);
    } else if (nowMs - this.#reportedAtMs >= SAME_ERROR_MS) {
      // It is there, so this is an error of one connection, or of one job's bookkeeping.
      this.#logger.warn('The queue backend reports an error', { backend: this.#target, reason: this.#doubt });
      this.#reportedAtMs = nowMs;
    }
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    if (this.#lostAtMs === undefined) {
      this.#logger.error('The queue backend does not answer', { backend: this.#target, reason });
      this.#lostAtMs = this.#clock.monotonicMs();
    }
    this.#clock.arm(this.#timer, PROBE_EVERY_MS);
  }
}
