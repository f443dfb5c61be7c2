import type { Logger } from '../base/logger.ts';
import { CLOSE_GRACE_MS, DONE, RELEASE, type JobOutcome, type JobSource, type JobWorker, type RunningJob } from './queue.ts';
import type { RetryPolicy } from './retry.ts';

/** A result as `$mqk` and `$mqv` show it. */
export interface InboxItem {
  /** The job id. */
  readonly key: string;
  readonly value: string;
}

interface Held {
  readonly item: InboxItem;
  settle: (outcome: JobOutcome) => void;
}

/** Holding a job in the inbox never fails, so that its retries are not used. */
const RETRY: RetryPolicy = { attempts: 1, firstDelayMs: 1000, factor: 1, maxDelayMs: 1000 };
/** Ids of taken items that are remembered, in case the backend hands one out again. */
const MAX_REMEMBERED = 1024;
export const DEFAULT_PREFETCH = 32;

/**
 * The near end of a queue whose jobs are results, fetched ahead so that `mq_fetch`, which cannot
 * wait, finds them in memory.
 *
 * At least once: a job stays active, its lock renewed, while it stands here, and after `take` until
 * the next `take` (or `close`) shows that the script is through with it. So when the node is
 * killed before a route has dealt with its result, the backend hands the job out again once its
 * lock has expired; a route must therefore write results in a way that may be repeated, by
 * event id. What a route fetched and then lost by an error of its own is not given again: as in
 * Kamailio, `mq_fetch` removes. Within one life of the process an id is given once.
 *
 * Past `prefetch` items the rest waits in the backend. A queue is drained by one route at a time;
 * with several, one route's `take` may complete another's item early, which only matters in a crash.
 */
export class ResultInbox {
  readonly #worker: JobWorker;
  readonly #logger: Logger;
  /** Held items in the order of arrival; the one that was taken last is not among them. */
  readonly #held = new Map<string, Held>();
  readonly #taken = new Set<string>();
  #current: Held | undefined;
  #closing = false;

  constructor(options: { source: JobSource; queue: string; logger: Logger; prefetch?: number }) {
    this.#logger = options.logger;
    const concurrency = options.prefetch ?? DEFAULT_PREFETCH;
    this.#worker = options.source.process(options.queue, (job) => this.#hold(job), { concurrency, retry: RETRY });
  }

  /** How many items `take` would give without waiting for the backend. */
  get size(): number {
    return this.#held.size;
  }

  /** The oldest item, or `undefined` when none is here. Completes the item that was taken before. */
  take(): InboxItem | undefined {
    this.#complete();
    const next = this.#held.values().next();
    if (next.done === true) return undefined;
    const held = next.value;
    this.#held.delete(held.item.key);
    this.#remember(held.item.key);
    this.#current = held;
    return held.item;
  }

  /** Completes the item taken last and gives back to the backend what was not taken. */
  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#closing = true;
    this.#complete();
    if (this.#held.size > 0) this.#logger.debug('Results given back to the queue', { count: this.#held.size });
    for (const held of this.#held.values()) held.settle(RELEASE);
    this.#held.clear();
    await this.#worker.close(graceMs);
  }

  #hold(job: RunningJob): Promise<JobOutcome> {
    if (this.#closing) return Promise.resolve(RELEASE);
    return new Promise((resolve) => {
      if (this.#current?.item.key === job.id) {
        this.#current.settle = both(this.#current.settle, resolve);
      } else if (this.#taken.has(job.id)) {
        resolve(DONE);
      } else {
        this.#holdNew(job, resolve);
      }
    });
  }

  /** A job that was held already lost its lock in an outage and came again: the new lock is the one to complete. */
  #holdNew(job: RunningJob, settle: (outcome: JobOutcome) => void): void {
    const held = this.#held.get(job.id);
    if (held === undefined) this.#held.set(job.id, { item: { key: job.id, value: job.data }, settle });
    else held.settle = both(held.settle, settle);
  }

  #complete(): void {
    this.#current?.settle(DONE);
    this.#current = undefined;
  }

  #remember(id: string): void {
    this.#taken.add(id);
    if (this.#taken.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#taken) {
      this.#taken.delete(oldest);
      break;
    }
  }
}

function both(first: (outcome: JobOutcome) => void, second: (outcome: JobOutcome) => void): (outcome: JobOutcome) => void {
  return (outcome) => {
    first(outcome);
    second(outcome);
  };
}
