import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import { XFailure } from '../../x/port.ts';
import type { ReaderCounters } from './reader-counters.ts';
import type { ReaderTimings } from './timings.ts';

export interface PollLoopOptions {
  /** For log lines: `mentions`. */
  readonly name: string;
  /** From the end of one poll to the beginning of the next. */
  readonly intervalMs: number;
  /** One poll; asks before each step whether it is still wanted. True when it has read everything. */
  readonly poll: (isWanted: () => boolean) => Promise<boolean>;
  readonly timings: ReaderTimings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: ReaderCounters;
}

/**
 * Polls, and rests as the outcome demands: the interval after a success, until X said after a 429,
 * longer and longer while X is away, and a long pause when only an operator can help.
 */
export class PollLoop {
  readonly #options: PollLoopOptions;
  readonly #timer = new Timer({ onTimer: () => this.#begin() });
  #failures = 0;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: PollLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#begin();
  }

  /** A poll that runs takes nothing more; resolves when it has ended, after one call to X at the longest. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.clock.disarm(this.#timer);
    await this.#running;
  }

  #begin(): void {
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    const { poll, clock, counters } = this.#options;
    let restMs: number;
    try {
      const isDrained = await poll(() => !this.#stopped);
      if (this.#stopped) return;
      restMs = this.#succeeded(isDrained);
      counters.polls.value += 1;
    } catch (thrown) {
      if (this.#stopped) return;
      restMs = this.#failed(thrown);
    }
    clock.arm(this.#timer, restMs);
  }

  #succeeded(isDrained: boolean): number {
    const { name, intervalMs, logger, counters } = this.#options;
    if (!isDrained) counters.unfinished.value += 1;
    if (this.#failures > 0) logger.info('X is read again', { list: name, failures: this.#failures });
    this.#failures = 0;
    return intervalMs;
  }

  /** Counts and tells the failure; returns how long to rest. */
  #failed(thrown: unknown): number {
    const { name, intervalMs, timings, clock, logger, counters } = this.#options;
    const reason = errorText(thrown);
    if (!(thrown instanceof XFailure)) {
      counters.failures.value += 1;
      this.#warnOnce('X is read, but what it says cannot be stored', reason);
      return timings.outageMs;
    }
    switch (thrown.class) {
      case 'rate-limited': {
        counters.waits.value += 1;
        const restMs = Math.max((thrown.retryAtMs ?? 0) - clock.now(), intervalMs);
        logger.info('X has asked to wait', { list: name, waitS: Math.ceil(restMs / 1000) });
        return restMs;
      }
      case 'unavailable':
      case 'uncertain': {
        counters.failures.value += 1;
        this.#warnOnce('X cannot be read now', reason);
        return Math.min(intervalMs * 2 ** (this.#failures - 1), Math.max(timings.longestBackOffMs, intervalMs));
      }
      case 'payment':
      case 'unauthorized':
      case 'refused':
      case 'invalid':
        // X refuses the reading itself: the next try is refused as well until somebody has changed something.
        counters.pauses.value += 1;
        logger.error('X does not let us read: nothing that people write arrives', {
          list: name,
          class: thrown.class,
          status: thrown.status,
          reason,
          goesOnInS: timings.pauseMs / 1000,
          help: 'solve it and restart the worker, or wait',
        });
        return timings.pauseMs;
    }
  }

  /** One line a trouble, however often it is met. */
  #warnOnce(message: string, reason: string): void {
    this.#failures += 1;
    if (this.#failures === 1) this.#options.logger.warn(message, { list: this.#options.name, reason });
  }
}
