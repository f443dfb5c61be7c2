import { GATHER_MS } from '../../base/batched.ts';
import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import type { JobSink } from '../queue.ts';
import type { EventSpool, SpoolRecord } from './spool.ts';

/** Records handed over in one call of the sink. */
const BATCH = 100;
const FIRST_REST_MS = 100;
const MAX_REST_MS = 5_000;

/**
 * Hands the records of a spool to the queue, oldest first, one batch at a time, and acknowledges a
 * batch only when the queue has all of it. An event that comes alone goes at once; a stream of them goes in
 * batches some milliseconds apart. While the queue is away it rests between tries, longer
 * each time; the spool keeps what comes in. A batch may be handed over twice, when the process
 * dies or the queue's answer is lost in between: what is handed over for the second time with the same
 * neighbours is the same job, and otherwise the workers know the events by their ids.
 */
export class SpoolPump {
  readonly #spool: EventSpool;
  readonly #sink: JobSink;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #handedOver: Counter;
  readonly #failures: Counter;
  readonly #timer = new Timer(this);
  #running: Promise<void> | undefined;
  #wokenWhileRunning = false;
  #restMs = 0;
  #closed = false;
  #waiting: ((all: boolean) => void)[] = [];

  constructor(options: { spool: EventSpool; sink: JobSink; clock: Clock; logger: Logger; counters: Counters }) {
    this.#spool = options.spool;
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#handedOver = options.counters.define('jobs.pump.handed-over', 'Events that the queue took from the spool');
    this.#failures = options.counters.define('jobs.pump.failures', 'Batches that the queue did not take');
  }

  /** Starts with what an earlier run left in the spool. */
  start(): void {
    this.#spool.onReady(() => this.#wake());
    this.#wake();
  }

  /** True as soon as nothing waits in the spool; false when the pump is closed before that. */
  flushed(): Promise<boolean> {
    if (this.#spool.pending() === 0) return Promise.resolve(true);
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Starts no further batch and waits for the running one. What is left stays in the spool for the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#clock.disarm(this.#timer);
    await this.#running;
    this.#settle(this.#spool.pending() === 0);
  }

  onTimer(): void {
    this.#run();
  }

  #wake(): void {
    this.#wokenWhileRunning = true;
    if (!this.#timer.armed) this.#run();
  }

  #run(): void {
    if (this.#closed || this.#running !== undefined) return;
    this.#running = this.#drain().finally(() => {
      this.#running = undefined;
      if (this.#wokenWhileRunning && !this.#timer.armed) this.#run();
    });
  }

  async #drain(): Promise<void> {
    this.#wokenWhileRunning = false;
    try {
      while (!this.#closed) {
        const records = await this.#spool.next(BATCH);
        if (records.length === 0) break;
        await this.#sink.addBatch(records.map(toJob), { bundled: true, unhurried: true });
        await this.#spool.acknowledge(records.length);
        this.#handedOver.value += records.length;
        this.#recovered();
        if (records.length < BATCH && this.#spool.pending() > 0) {
          this.#clock.arm(this.#timer, GATHER_MS);
          break;
        }
      }
    } catch (thrown) {
      this.#failed(thrown);
    }
    if (this.#spool.pending() === 0) this.#settle(true);
  }

  #failed(thrown: unknown): void {
    this.#failures.value += 1;
    if (this.#restMs === 0) {
      const fields = { reason: errorText(thrown), waiting: this.#spool.pending() };
      this.#logger.warn('The queue does not take events; they wait in the spool', fields);
    }
    this.#restMs = Math.min(this.#restMs * 2 || FIRST_REST_MS, MAX_REST_MS);
    if (!this.#closed) this.#clock.arm(this.#timer, this.#restMs);
  }

  #recovered(): void {
    if (this.#restMs === 0) return;
    this.#restMs = 0;
    this.#logger.info('The queue takes events again', { waiting: this.#spool.pending() });
  }

  #settle(all: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve(all);
  }
}

function toJob(record: SpoolRecord): { queue: string; id: string; name: string; data: string } {
  return { queue: record.queue, id: record.id, name: record.queue, data: record.value };
}
