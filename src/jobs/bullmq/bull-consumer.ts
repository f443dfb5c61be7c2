import { DelayedError, UnrecoverableError, WaitingError, type Job, type Processor } from 'bullmq';
import type { Clock } from '../../base/clock.ts';
import { Timer } from '../../base/timer-wheel.ts';
import {
  CLOSE_GRACE_MS,
  KEPT_DEAD,
  RELEASE,
  type JobHandler,
  type JobOutcome,
  type JobWorker,
  type ProcessOptions,
} from '../queue.ts';
import { retryDelayMs } from '../retry.ts';
import { endedWithin } from './deadline.ts';
import { unpack } from './envelope.ts';
import type { BackendLink } from './link.ts';
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
}

/**
 * One worker of BullMQ. A BullMQ worker whose first contact with PostgreSQL fails stays broken
 * for good, so this one opens a new one until it stands.
 */
export class BullConsumer implements JobWorker {
  readonly #queue: string;
  readonly #handler: JobHandler;
  readonly #processor: Processor = (job, token) => this.#handle(job, token);
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
    this.#options = {
      concurrency: options.concurrency,
      lockDuration: parts.lockMs,
      stalledInterval: parts.lockMs,
      maxStalledCount: MAX_STALLS,
      runRetryDelay: REOPEN_MS,
      removeOnComplete: parts.store.keepCompleted,
      removeOnFail: { count: KEPT_DEAD },
      settings: {
        backoffStrategy: (failures) => retryDelayMs(options.retry, failures, Math.random()) ?? -1,
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
      await end(job, token, await this.#handler(running(this.#queue, job)));
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#onIdle();
    }
  }
}

function running(queue: string, job: Job): Parameters<JobHandler>[0] {
  const { id, value } = unpack(job.data);
  return { queue, id, name: job.name, data: value, attempt: job.attemptsMade + 1 };
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
