import type { Clock } from '../../base/clock.ts';
import { AppError, errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import {
  CLOSE_GRACE_MS,
  isQueueName,
  type AddOptions,
  type DeadLetter,
  type JobHandler,
  type JobQueue,
  type JobWorker,
  type NewJob,
  type ProcessOptions,
  type QueueCounts,
} from '../queue.ts';
import { BullConsumer, LOCK_MS, type ConsumerParts } from './bull-consumer.ts';
import { endedWithin, within } from './deadline.ts';
import { unpack } from './envelope.ts';
import { BackendLink } from './link.ts';
import { addTo, bundled, oneEach, type NewBullJob } from './new-bull-job.ts';
import { PostgresStore } from './postgres-store.ts';
import { RedisStore } from './redis-store.ts';
import type { BullQueue, BullStore, FailedJob } from './store.ts';

export interface BullmqOptions {
  /** Redis, when given; otherwise BullMQ's tables in PostgreSQL are used. */
  readonly redisUrl?: string | undefined;
  /** A migrated database; see `migrateQueueBackend`. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a dead worker keeps its jobs. Default 30 s. */
  readonly lockMs?: number;
}

const CALL_MS = 15_000;
const CLOSE_MS = 2_000;

/** Connects in the background: an unreachable backend shows in `health`, in rejected calls and in one log line. */
export function connectBullmq(options: BullmqOptions): JobQueue {
  const store = options.redisUrl === undefined ? new PostgresStore(options.databaseUrl, options.clock) : new RedisStore(options.redisUrl);
  return new BullmqQueue(store, options);
}

/**
 * The queue port on BullMQ. How durable an added job is, is the backend's matter: PostgreSQL has it
 * on disk; Redis as its `appendfsync` says, with `everysec` up to a second may be lost in a crash of
 * the Redis machine, and without `appendonly yes` everything.
 */
class BullmqQueue implements JobQueue {
  readonly #store: BullStore;
  readonly #link: BackendLink;
  readonly #clock: Clock;
  readonly #parts: ConsumerParts;
  readonly #queues = new Map<string, BullQueue>();
  readonly #consumers = new Set<BullConsumer>();
  #closing: Promise<void> | undefined;

  constructor(store: BullStore, options: BullmqOptions) {
    const { clock, logger } = options;
    this.#store = store;
    this.#clock = clock;
    this.#link = new BackendLink({ target: store.target, ping: () => store.ping(), clock, logger });
    const addSplit = async (queue: string, job: NewBullJob): Promise<void> => {
      await this.#ask(queue, (bull) => addTo(bull, [job]));
      await this.#flush();
    };
    this.#parts = { store, link: this.#link, clock, lockMs: options.lockMs ?? LOCK_MS, addSplit };
    store.onError((error) => this.#link.suspect(error));
  }

  async addBatch(jobs: readonly NewJob[], { bundled: isBundled = false, unhurried = false }: AddOptions = {}): Promise<void> {
    const byQueue = new Map<string, NewJob[]>();
    for (const job of jobs) {
      const group = byQueue.get(job.queue);
      if (group === undefined) byQueue.set(job.queue, [job]);
      else group.push(job);
    }
    for (const [name, group] of byQueue) {
      const bullJobs = (isBundled ? bundled : oneEach)(group, this.#clock.now());
      await this.#call(name, (queue) => addTo(queue, bullJobs));
    }
    await this.#flush(unhurried);
  }

  process(queue: string, handler: JobHandler, options: ProcessOptions): JobWorker {
    if (!isQueueName(queue)) throw new RangeError(`Not the name of a queue: ${queue}`);
    const consumer = new BullConsumer(queue, handler, options, this.#parts);
    this.#consumers.add(consumer);
    return consumer;
  }

  async pause(queue: string): Promise<void> {
    await this.#call(queue, (bull) => bull.pause());
    await this.#flush();
  }

  async resume(queue: string): Promise<void> {
    await this.#call(queue, (bull) => bull.resume());
    await this.#flush();
  }

  isPaused(queue: string): Promise<boolean> {
    return this.#call(queue, (bull) => bull.isPaused());
  }

  async counts(queue: string): Promise<QueueCounts> {
    // On PostgreSQL the waiting jobs of a paused queue are counted as paused, on Redis as waiting.
    const states = ['waiting', 'paused', 'active', 'delayed', 'completed', 'failed'] as const;
    const found = await this.#call(queue, (bull) => bull.getJobCounts(...states));
    return {
      waiting: (found['waiting'] ?? 0) + (found['paused'] ?? 0),
      active: found['active'] ?? 0,
      delayed: found['delayed'] ?? 0,
      completed: found['completed'] ?? 0,
      dead: found['failed'] ?? 0,
    };
  }

  async deadLetters(queue: string, limit: number): Promise<readonly DeadLetter[]> {
    // BullMQ counts from 0 and includes the end, and takes -1 for "to the last one".
    if (limit < 1) return [];
    const failed = await this.#call(queue, (bull) => bull.getFailed(0, limit - 1));
    return failed.map(toDeadLetter);
  }

  async health(): Promise<void> {
    try {
      await this.#link.ask();
    } catch (thrown) {
      throw this.#unreachable(thrown);
    }
  }

  close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async #close(graceMs: number): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close(graceMs)));
    this.#link.close();
    const closing = [...this.#queues.values()].map((queue) => queue.close());
    await endedWithin(this.#clock, CLOSE_MS, Promise.allSettled(closing));
    await endedWithin(this.#clock, CLOSE_MS, this.#store.close());
  }

  async #call<Result>(name: string, work: (queue: BullQueue) => Promise<Result>): Promise<Result> {
    if (!isQueueName(name)) throw new RangeError(`Not the name of a queue: ${name}`);
    if (this.#closing !== undefined) throw new AppError('jobs.unreachable', 'The queue is closed');
    return this.#ask(name, work);
  }

  /** Also while it closes: consumers give back what they have not handled. */
  async #ask<Result>(name: string, work: (queue: BullQueue) => Promise<Result>): Promise<Result> {
    return this.#guard(async () => {
      // What BullMQ does with a backend that is away is to wait for it; our callers want to know.
      if (!this.#queues.has(name)) await this.#link.ask();
      return within(this.#clock, CALL_MS, this.#ready(name).then(work));
    });
  }

  #flush(unhurried = false): Promise<void> {
    return this.#guard(() => within(this.#clock, CALL_MS, this.#store.flush(unhurried)));
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      this.#link.suspect(thrown);
      throw this.#unreachable(thrown);
    }
  }

  async #ready(name: string): Promise<BullQueue> {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = this.#store.openQueue(name);
      queue.on('error', (error) => this.#link.suspect(error));
      this.#queues.set(name, queue);
    }
    try {
      await queue.waitUntilReady();
    } catch (thrown) {
      // A BullMQ queue remembers a failed start for good.
      if (this.#queues.get(name) === queue) this.#queues.delete(name);
      void queue.close().catch(() => undefined);
      throw thrown;
    }
    return queue;
  }

  #unreachable(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown;
    return new AppError('jobs.unreachable', `${this.#store.target}: ${errorText(thrown)}`, { cause: thrown });
  }
}

function toDeadLetter(job: FailedJob): DeadLetter {
  const { name, failedReason: reason, attemptsMade: attempts } = job;
  const atMs = job.finishedOn ?? job.timestamp;
  try {
    const { id, value, failures = 0 } = unpack(job.data);
    return { id, name, data: value, reason, attempts: attempts + failures, atMs };
  } catch {
    // Not written by us, but it lies among our dead letters and is to be seen.
    return { id: '', name, data: JSON.stringify(job.data), reason, attempts, atMs };
  }
}
