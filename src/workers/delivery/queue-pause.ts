import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import type { QueueControl } from '../../jobs/queue.ts';

const RESUME_RETRY_MS = 10_000;

/**
 * Stops a queue for a trouble that only an operator can end: no credits, wrong keys. It goes on by
 * itself after `pauseMs`, when the first job shows whether the trouble is over, and at the start of
 * any worker: who has changed the keys restarts the worker. So a pause outlives neither its worker
 * for long nor the trouble by more than `pauseMs`.
 */
export class QueuePause {
  readonly #queue: Pick<QueueControl, 'pause' | 'resume' | 'isPaused'>;
  readonly #name: string;
  readonly #pauseMs: number;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timer = new Timer(this);
  #closed = false;

  constructor(options: {
    readonly queue: Pick<QueueControl, 'pause' | 'resume' | 'isPaused'>;
    readonly name: string;
    readonly pauseMs: number;
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    this.#queue = options.queue;
    this.#name = options.name;
    this.#pauseMs = options.pauseMs;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Ends a pause that an earlier worker left behind. Tries until the backend answers; never rejects. */
  async clear(): Promise<void> {
    try {
      if (!(await this.#queue.isPaused(this.#name))) return;
      await this.#queue.resume(this.#name);
      this.#logger.info('The queue was paused by an earlier worker: going on', { queue: this.#name });
    } catch (thrown) {
      this.#tryLater(thrown);
    }
  }

  /**
   * Pauses the queue. `reason` is logged once a pause.
   *
   * @throws AppError `jobs.unreachable`
   */
  async pause(reason: string): Promise<void> {
    const isFirst = !this.#timer.armed;
    if (!this.#closed) this.#clock.arm(this.#timer, this.#pauseMs);
    if (isFirst) {
      this.#logger.error('No message gets through: the queue is paused', {
        queue: this.#name,
        reason,
        goesOnInS: this.#pauseMs / 1000,
        help: 'solve it and restart the worker, or wait',
      });
    }
    await this.#queue.pause(this.#name);
  }

  onTimer(): void {
    this.#queue.resume(this.#name).then(
      () => this.#logger.info('The pause of the queue is over: trying again', { queue: this.#name }),
      (thrown: unknown) => this.#tryLater(thrown),
    );
  }

  /** The pause itself stays: the next worker clears it. */
  close(): void {
    this.#closed = true;
    this.#clock.disarm(this.#timer);
  }

  #tryLater(thrown: unknown): void {
    if (this.#closed) return;
    this.#logger.warn('The queue cannot be resumed yet', { queue: this.#name, reason: errorText(thrown) });
    this.#clock.arm(this.#timer, RESUME_RETRY_MS);
  }
}
