import { DelayedError, UnrecoverableError, WaitingError, type Job, type Processor } from 'bullmq';
import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import { Timer } from '../../base/timer-wheel.ts';
import {
  CLOSE_GRACE_MS,
  KEPT_DEAD,
  RELEASE,
  type JobHandler,
  type JobOutcome,
  type JobWorker,
  type NewJob,
  type ProcessOptions,
} from '../queue.ts';
import { retryDelayMs, type RetryPolicy } from '../retry.ts';
import { endedWithin } from './deadline.ts';
import { failuresInBundle, unpack, unpackBundle, type History, type Unpacked } from './envelope.ts';
import { giveHeadStart } from './head-start.ts';
import type { BackendLink } from './link.ts';
import { bullJob, type NewBullJob } from './new-bull-job.ts';
import { Slots } from './slots.ts';
import type { BullStore, BullWorker, BullWorkerOptions } from './store.ts';

/** How long a worker may be silent before its jobs are handed out again. */
export const LOCK_MS = 30_000;
/** A job that took its worker down this often is a dead letter. */
const MAX_STALLS = 10;
const REOPEN_MS = 1_000;
/** For what is left to do when no job runs: noting their ends, closing connections. Each takes milliseconds. */
const SETTLE_MS = 1_000;

/** Everything a consumer needs besides its queue and handler. */
export interface ConsumerParts {
  readonly store: BullStore;
  readonly link: BackendLink;
  readonly clock: Clock;
  readonly lockMs: number;
  /** Adds a job of a bundle that goes on by itself. */
  readonly addSplit: (queue: string, job: NewBullJob) => Promise<void>;
}

/**
 * One worker of BullMQ. A BullMQ worker whose first contact with PostgreSQL fails stays broken
 * for good, so this one opens a new one until it stands.
 */
export class BullConsumer implements JobWorker {
  readonly #queue: string;
  readonly #handler: JobHandler;
  readonly #processor: Processor = (job, token) => this.#handle(job, token);
  readonly #retry: RetryPolicy;
  readonly #slots: Slots;
  readonly #options: BullWorkerOptions;
  readonly #parts: ConsumerParts;
  readonly #timer = new Timer(this);
  #open: { worker: BullWorker; cut: () => void } | undefined;
  #running = 0;
  #onIdle: () => void = () => {};
  #closing: Promise<void> | undefined;

  constructor(queue: string, handler: JobHandler, options: ProcessOptions, parts: ConsumerParts) {
    this.#queue = queue;
    this.#parts = parts;
    this.#handler = handler;
    this.#retry = options.retry;
    this.#slots = new Slots(options.concurrency);
    this.#options = {
      concurrency: options.concurrency,
      lockDuration: parts.lockMs,
      stalledInterval: parts.lockMs,
      maxStalledCount: MAX_STALLS,
      runRetryDelay: REOPEN_MS,
      removeOnComplete: parts.store.keepCompleted,
      removeOnFail: { count: KEPT_DEAD },
      settings: {
        backoffStrategy: (failures, _type, _error, job) => restMs(options.retry, failures, job),
      },
    };
    this.#start();
  }

  close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  onTimer(): void {
    this.#start();
  }

  #start(): void {
    const open = this.#parts.store.openWorker(this.#queue, this.#processor, this.#options);
    giveHeadStart(open.worker.getBackend(), this.#parts.clock);
    open.worker.on('error', (error) => this.#parts.link.suspect(error));
    open.worker.waitUntilReady().catch((thrown: unknown) => this.#startAgain(open, thrown));
    this.#open = open;
  }

  #startAgain(failed: { worker: BullWorker; cut: () => void }, reason: unknown): void {
    if (this.#closing !== undefined) return;
    this.#parts.link.suspect(reason);
    void failed.worker.close().catch(() => undefined);
    failed.cut();
    this.#parts.clock.arm(this.#timer, REOPEN_MS);
  }

  async #close(graceMs: number): Promise<void> {
    const { clock } = this.#parts;
    clock.disarm(this.#timer);
    if (this.#open === undefined) return;
    const { worker, cut } = this.#open;
    // BullMQ's own close waits for running jobs without end, and cannot be forced once it has begun.
    const paused = worker.pause().catch(() => undefined);
    if (this.#running > 0) await endedWithin(clock, graceMs, new Promise<void>((resolve) => (this.#onIdle = resolve)));
    const settled = await endedWithin(clock, SETTLE_MS, paused);
    await endedWithin(clock, SETTLE_MS, worker.close(!settled));
    cut();
  }

  async #handle(job: Job, token: string | undefined): Promise<void> {
    if (token === undefined) throw new Error('BullMQ gave a job without its lock token');
    if (this.#closing !== undefined) return end(job, token, RELEASE);
    this.#running += 1;
    try {
      const bundle = unpackBundle(job.data);
      if (bundle === undefined) await end(job, token, await this.#runAlone(job));
      else await this.#runBundle(job.name, bundle);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#onIdle();
    }
  }

  async #runAlone(job: Job): Promise<JobOutcome> {
    const { id, value, failures = 0, dead } = unpack(job.data);
    if (dead !== undefined) return { kind: 'dead', reason: dead };
    return this.#inSlot(() => this.#handler({ queue: this.#queue, id, name: job.name, data: value, attempt: job.attemptsMade + failures + 1 }));
  }

  /** Done when each of its jobs is done, or goes on by itself. When that cannot be noted the whole bundle comes again. */
  async #runBundle(name: string, bundle: readonly Unpacked[]): Promise<void> {
    let isReleased = false;
    const ends = bundle.map(async ({ id, value }) => {
      const outcome = await this.#inSlot(async (): Promise<JobOutcome | { readonly kind: 'failed'; readonly reason: string }> => {
        // Who gives one back wants no more of them now: the queue was paused, or this worker stops.
        if (isReleased || this.#closing !== undefined) return RELEASE;
        try {
          return await this.#handler({ queue: this.#queue, id, name, data: value, attempt: 1 });
        } catch (thrown) {
          return { kind: 'failed', reason: errorText(thrown) };
        }
      });
      isReleased ||= outcome.kind === 'release';
      if (outcome.kind !== 'done') await this.#split({ queue: this.#queue, id, name, data: value }, outcome);
    });
    const failed = (await Promise.allSettled(ends)).find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async #split(job: NewJob, outcome: Exclude<JobOutcome, { kind: 'done' }> | { readonly kind: 'failed'; readonly reason: string }): Promise<void> {
    const nowMs = this.#parts.clock.now();
    const again = (atMs: number, history: History = {}): NewBullJob => bullJob({ ...job, atMs }, nowMs, history);
    switch (outcome.kind) {
      case 'release':
        return this.#parts.addSplit(this.#queue, again(nowMs));
      case 'retry-at':
        return this.#parts.addSplit(this.#queue, again(outcome.atMs));
      case 'dead':
        return this.#parts.addSplit(this.#queue, again(nowMs, { dead: outcome.reason }));
      case 'failed': {
        const delayMs = retryDelayMs(this.#retry, 1, Math.random());
        return this.#parts.addSplit(this.#queue, delayMs === undefined ? again(nowMs, { dead: outcome.reason }) : again(nowMs + delayMs, { failures: 1 }));
      }
    }
  }

  async #inSlot<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#slots.take();
    try {
      return await work();
    } finally {
      this.#slots.give();
    }
  }
}

/** The rest after a failure; -1 gives a job up. A bundle is never given up: its jobs are, each by itself. */
function restMs(retry: RetryPolicy, failures: number, job: { readonly data?: unknown } | undefined): number {
  if (unpackBundle(job?.data) !== undefined) return retry.maxDelayMs;
  return retryDelayMs(retry, failures + failuresInBundle(job?.data), Math.random()) ?? -1;
}

/** BullMQ takes the end of a job as what its processor does: return, or throw one of these errors after a move. */
async function end(job: Job, token: string, outcome: JobOutcome): Promise<void> {
  switch (outcome.kind) {
    case 'done':
      return;
    case 'retry-at':
      await job.moveToDelayed(outcome.atMs, token);
      throw new DelayedError(outcome.reason);
    case 'release':
      await job.moveToWait(token);
      throw new WaitingError();
    case 'dead':
      throw new UnrecoverableError(outcome.reason);
  }
}
