import type { RetryPolicy } from './retry.ts';

/**
 * What the program wants from a job queue, and nothing of what a queue product can do besides.
 * Left out on purpose: priorities, flows, repeated jobs (schedules live in PostgreSQL), progress.
 *
 * Delivery is at least once: a job is handed out again when its worker dies, hangs, or loses the
 * backend for longer than its lock. A handler with an outward effect protects it with the ledger.
 */
export interface JobQueue extends JobSink, JobSource, QueueControl {
  /**
   * Resolves when the backend answers, within two seconds.
   *
   * @throws AppError `jobs.unreachable`
   */
  health(): Promise<void>;
  /** Closes the workers as `JobWorker.close` does, then the connections. Always ends soon after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** A job as its producer sees it. */
export interface NewJob {
  /** Letters, digits, `-`, `_` and `.`; at most 128 of them. See `isQueueName`. */
  readonly queue: string;
  /** Any text that is not empty. The same id in the same queue is the same job, however often it is added. */
  readonly id: string;
  /** The contract's name; for reading only. */
  readonly name: string;
  /** The encoded payload, any text. */
  readonly data: string;
  /** Not to be handed out before, in milliseconds since the epoch; at once when it is left out or past. */
  readonly atMs?: number;
}

/** How jobs are added. */
export interface AddOptions {
  /**
   * Jobs of one queue may travel as one job of the backend, which costs a small part of what they cost by
   * themselves. For handlers that know by themselves what they have done: an id is remembered only together with
   * its neighbours, and when a worker dies all of them are handed out again. A bundle counts as one job in `counts`;
   * a job of it that is not done at its first try goes on by itself, under its own id.
   */
  readonly bundled?: boolean;
  /**
   * The caller can wait some milliseconds longer for the addition to end, so that it is not in the way of the worker
   * which has the job by then.
   */
  readonly unhurried?: boolean;
}

export interface JobSink {
  /**
   * Adds jobs, each queue's in the order given. Resolves when all of them are in the backend, and
   * is as durable then as the backend is set up to be. When it rejects, some may have been added:
   * the caller adds all of them again, which their ids make harmless.
   *
   * A job is never refused for its content, so the cause of a rejection passes by itself.
   *
   * An id is remembered as long as its job is in the backend: from the addition until a day after
   * the job ended, on Redis (in memory) also no longer than until `KEPT_COMPLETED` others of its
   * queue ended after it. Past that the same id is a new job, and it is the ledger that keeps its
   * effect from being repeated.
   *
   * @throws AppError `jobs.unreachable`
   */
  addBatch(jobs: readonly NewJob[], options?: AddOptions): Promise<void>;
}

/** A job as its handler sees it. */
export interface RunningJob {
  readonly queue: string;
  readonly id: string;
  readonly name: string;
  readonly data: string;
  /** From 1. Grows with each failure, not with `retry-at`, `release` or a crash. */
  readonly attempt: number;
}

/** How a handler ends a job. A handler that throws burns an attempt; the last one makes a dead letter. */
export type JobOutcome =
  | { readonly kind: 'done' }
  /** Again at that time (milliseconds since the epoch), burning no attempt: a rate limit with a known end. */
  | { readonly kind: 'retry-at'; readonly atMs: number; readonly reason: string }
  /** Back to the queue at once, in no promised place, burning no attempt: after `pause`, or when closing. */
  | { readonly kind: 'release' }
  /** Never again: kept among the dead letters with its reason. */
  | { readonly kind: 'dead'; readonly reason: string };

export const DONE: JobOutcome = { kind: 'done' };
export const RELEASE: JobOutcome = { kind: 'release' };

export type JobHandler = (job: RunningJob) => Promise<JobOutcome>;

export interface ProcessOptions {
  /** Jobs of this queue that run at the same time in this process. */
  readonly concurrency: number;
  readonly retry: RetryPolicy;
}

export interface JobWorker {
  /**
   * Takes no more jobs, waits up to `graceMs` for the running ones and resolves. A job that runs
   * longer is left locked and handed out again when the lock has expired.
   */
  close(graceMs?: number): Promise<void>;
}

export interface JobSource {
  /** Starts to take jobs. Returns at once; an unreachable backend is waited for in the background. */
  process(queue: string, handler: JobHandler, options: ProcessOptions): JobWorker;
}

/** A job that was given up. */
export interface DeadLetter {
  readonly id: string;
  readonly name: string;
  readonly data: string;
  readonly reason: string;
  /** Attempts that failed. */
  readonly attempts: number;
  /** When it was given up, in milliseconds since the epoch. */
  readonly atMs: number;
}

export interface QueueCounts {
  /** Ready to run, those of a paused queue included. */
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly completed: number;
  readonly dead: number;
}

/** All of these reject with AppError `jobs.unreachable` when the backend does not answer. */
export interface QueueControl {
  /** No worker anywhere takes a job of this queue until `resume`; running ones end, new ones are kept. */
  pause(queue: string): Promise<void>;
  resume(queue: string): Promise<void>;
  isPaused(queue: string): Promise<boolean>;
  counts(queue: string): Promise<QueueCounts>;
  /** The youngest dead letters first. At most `KEPT_DEAD` are kept; past that the oldest is dropped. */
  deadLetters(queue: string, limit: number): Promise<readonly DeadLetter[]>;
}

export const KEPT_COMPLETED = 50_000;
export const KEPT_COMPLETED_MS = 24 * 3600_000;
export const KEPT_DEAD = 5_000;

/** How long `close` waits for running jobs when the caller does not say. */
export const CLOSE_GRACE_MS = 10_000;

/** Whether `name` can name a queue on every backend. A script's `mq_add` to any other name is refused. */
export function isQueueName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,128}$/.test(name);
}
