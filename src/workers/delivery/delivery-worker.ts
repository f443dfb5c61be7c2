import type { Counters } from '../../base/counters.ts';
import { GatheringSink } from '../../jobs/gathering-sink.ts';
import type { JobQueue, JobWorker, RunningJob } from '../../jobs/queue.ts';
import { deliveryCounters } from './delivery-counters.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { DeliveryProcessor } from './delivery-processor.ts';
import { QueuePause } from './queue-pause.ts';
import type { DeliverySource } from './sources/source.ts';
import { DELIVERY_TIMINGS, type DeliveryTimings } from './timings.ts';
import type { WorkerPart } from '../worker-part.ts';

/** What the workers that deliver messages are made of: the same for all of a process. */
export interface DeliveryWorkerOptions extends Omit<DeliveryParts, 'jobs' | 'timings' | 'counters'> {
  /** Gives the jobs and takes results. Not closed by the worker. */
  readonly queue: Pick<JobQueue, 'process' | 'addBatch' | 'pause' | 'resume' | 'isPaused'>;
  readonly counters: Counters;
  /** `worker.concurrency` */
  readonly concurrency: number;
  /** `worker.stopMs`: how long `stop` waits for the running jobs. */
  readonly stopMs: number;
  /** What differs from `DELIVERY_TIMINGS`; `callMs` is to be `x.timeoutMs`. */
  readonly timings?: Partial<DeliveryTimings>;
}

/** Takes the jobs of one queue and delivers their messages. Any number of them work side by side. */
export class DeliveryWorker<Payload> implements WorkerPart {
  readonly #options: DeliveryWorkerOptions;
  readonly #source: DeliverySource<Payload>;
  readonly #processor: DeliveryProcessor<Payload>;
  readonly #pause: QueuePause;
  #worker: JobWorker | undefined;

  constructor(options: DeliveryWorkerOptions, source: DeliverySource<Payload>) {
    const { queue, clock, logger, counters } = options;
    const timings = { ...DELIVERY_TIMINGS, ...options.timings };
    this.#options = options;
    this.#source = source;
    this.#pause = new QueuePause({ queue, name: source.contract.name, pauseMs: timings.pauseMs, clock, logger });
    this.#processor = new DeliveryProcessor({
      ...options,
      source,
      jobs: new GatheringSink(queue, clock),
      pause: this.#pause,
      timings,
      counters: deliveryCounters(counters),
    });
  }

  /** Begins to take jobs. An unreachable backend is waited for in the background. */
  start(): void {
    const { queue, concurrency } = this.#options;
    const { name, retry } = this.#source.contract;
    void this.#pause.clear();
    this.#worker = queue.process(name, (job: RunningJob) => this.#processor.handle(job), { concurrency, retry });
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
