/**
 * Compares what PostgreSQL says is to be done with what is being done, and repairs the difference:
 * jobs that were lost with an emptied Redis or a process that died between its commit and its queue,
 * calls whose SIP process is gone, calls that nobody has begun in time.
 *
 * One worker of the fleet sweeps at a time, by a lease; a sweep that is repeated, or done by two, does
 * nothing twice, because every repair is a job for a row that decides by itself.
 */
import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import type { WorkerPart } from '../worker-part.ts';
import type { SweepStep } from './step.ts';

/** The first sweep of a worker: soon, since what it finds may have been left by the one before. */
const FIRST_MS = 2_000;

export interface SweepOptions {
  readonly steps: readonly SweepStep[];
  /** True while this worker is the one that sweeps; asked before each sweep, for at least the time until the next. */
  readonly isOurs: () => Promise<boolean>;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}

export class Sweep implements WorkerPart {
  readonly #options: SweepOptions;
  readonly #repaired: Counter;
  readonly #failed: Counter;
  readonly #timer = new Timer(this);
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(options: SweepOptions) {
    this.#options = options;
    this.#repaired = options.counters.define('sweep.repaired', 'Things that were to be done and that nobody was doing');
    this.#failed = options.counters.define('sweep.failed', 'Steps of a sweep that failed; the next sweep tries again');
  }

  start(): void {
    this.#stopped = false;
    this.#options.clock.arm(this.#timer, FIRST_MS);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.clock.disarm(this.#timer);
    await this.#running;
  }

  onTimer(): void {
    this.#running = this.#sweep().finally(() => {
      this.#running = undefined;
      if (!this.#stopped) this.#options.clock.arm(this.#timer, this.#options.everyMs);
    });
  }

  async #sweep(): Promise<void> {
    const { steps, isOurs, clock, logger } = this.#options;
    try {
      if (!(await isOurs())) return;
    } catch (thrown) {
      this.#failed.value += 1;
      logger.warn('The database does not say who sweeps', { reason: errorText(thrown) });
      return;
    }
    for (const step of steps) {
      if (this.#stopped) return;
      try {
        const count = await step.run(clock.now());
        if (count === 0) continue;
        this.#repaired.value += count;
        logger.info('Sweep', { step: step.name, count });
      } catch (thrown) {
        // The database or the queue is away: what is to be done stays to be done.
        this.#failed.value += 1;
        logger.warn('A step of the sweep failed', { step: step.name, reason: errorText(thrown) });
      }
    }
  }
}
