import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import { missedCall } from '../jobs/contract/missed-call.ts';
import type { JobQueue, JobWorker } from '../jobs/queue.ts';
import type { XPort } from '../x/port.ts';
import { deliveryCounters } from './delivery-counters.ts';
import { DirectMessageProcessor } from './direct-message.ts';
import { PacedX } from './paced-x.ts';
import type { Ledger, Users } from './ports.ts';
import { QueuePause } from './queue-pause.ts';
import { DELIVERY_TIMINGS, type DeliveryTimings } from './timings.ts';

export interface DirectMessageWorkerOptions {
  /** Gives the missed calls and takes the results. Not closed by the worker. */
  readonly queue: Pick<JobQueue, 'process' | 'addBatch' | 'pause' | 'resume' | 'isPaused'>;
  /** A `LedgerTable`. */
  readonly ledger: Ledger;
  /** A `UsersTable`. */
  readonly users: Users;
  readonly x: XPort;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** `worker.concurrency` */
  readonly concurrency: number;
  /** `worker.stopMs`: how long `stop` waits for the running jobs. */
  readonly stopMs: number;
  /** `worker.timeZone`: for readers who never chose one. */
  readonly timeZone: string;
  /** What differs from `DELIVERY_TIMINGS`; `callMs` is to be `x.timeoutMs`. */
  readonly timings?: Partial<DeliveryTimings>;
}

/** Takes missed calls from their queue and tells the callees on X. Any number of them work side by side. */
export class DirectMessageWorker {
  readonly #options: DirectMessageWorkerOptions;
  readonly #processor: DirectMessageProcessor;
  readonly #pause: QueuePause;
  #worker: JobWorker | undefined;

  constructor(options: DirectMessageWorkerOptions) {
    const { queue, ledger, users, x, clock, logger, counters, timeZone } = options;
    const timings = { ...DELIVERY_TIMINGS, ...options.timings };
    this.#options = options;
    this.#pause = new QueuePause({ queue, name: missedCall.name, pauseMs: timings.pauseMs, clock, logger });
    this.#processor = new DirectMessageProcessor({
      ledger,
      users,
      x: new PacedX(x, clock),
      results: queue,
      pause: this.#pause,
      timings,
      timeZone,
      counters: deliveryCounters(counters),
      clock,
      logger,
    });
  }

  /** Begins to take jobs. An unreachable backend is waited for in the background. */
  start(): void {
    const { queue, concurrency } = this.#options;
    void this.#pause.clear();
    const handler = (job: Parameters<DirectMessageProcessor['handle']>[0]) => this.#processor.handle(job);
    this.#worker = queue.process(missedCall.name, handler, { concurrency, retry: missedCall.retry });
  }

  /**
   * Takes no more jobs. A message that is being sent is sent and recorded, within `stopMs`; a job
   * that has not come so far goes back to the queue, and one that takes longer is handed out again
   * when its lock has expired. The ledger keeps both from being sent twice.
   */
  async stop(): Promise<void> {
    this.#processor.stop();
    this.#pause.close();
    await this.#worker?.close(this.#options.stopMs);
  }
}
