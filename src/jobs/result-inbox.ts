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
/** Some hundred bytes each. What a script can fetch in one run is bounded by it. */
export const DEFAULT_PREFETCH = 500;

/**
 * The near end of a queue whose jobs are results, fetched ahead so that `mq_fetch`, which cannot
 * wait, finds them in memory.
 *
 * At least once: a job stays active, its lock renewed, while it stands here, and after `take` until
 * a `take` in a later turn of the event loop (or `close`) shows that the script is through with it: so a
 * route can take many at once, write all of them in one statement that it waits for, and look for more. When
 * the node is killed before a route has dealt with its results, the backend hands the jobs out again once their
 * locks have expired; a route must therefore write results in a way that may be repeated, by
 * event id. What a route fetched and then lost by an error of its own is not given again: as in
 * Kamailio, `mq_fetch` removes. Within one life of the process an id is given once.
 *
 * Past `prefetch` items the rest waits in the backend. A queue is drained by one route at a time;
 * with several, one route's `take` may complete another's item early, which only matters in a crash.
 */
export class ResultInbox {
  readonly #worker: JobWorker;
  readonly #logger: Logger;
  /** Held items in the order of arrival; those that were taken are not among them. */
  readonly #held = new Map<string, Held>();
  readonly #taken = new Set<string>();
  /** Taken and not completed, by id. */
  readonly #current = new Map<string, Held>();
  /** Whether all of `#current` were taken in this turn of the event loop. */
  #isSameTurn = false;
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

  /** The oldest item, or `undefined` when none is here. Completes the items that were taken in earlier turns. */
  take(): InboxItem | undefined {
    if (!this.#isSameTurn) this.#complete();
    const next = this.#held.values().next();
    if (next.done === true) return undefined;
    const held = next.value;
    this.#held.delete(held.item.key);
    this.#remember(held.item.key);
    this.#current.set(held.item.key, held);
    if (!this.#isSameTurn) {
      this.#isSameTurn = true;
      setImmediate(() => (this.#isSameTurn = false));
    }
    return held.item;
  }

  /** Completes the items that were taken and gives back to the backend what was not taken. */
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
      const current = this.#current.get(job.id);
      if (current !== undefined) {
        current.settle = both(current.settle, resolve);
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
    for (const { settle } of this.#current.values()) settle(DONE);
    this.#current.clear();
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
