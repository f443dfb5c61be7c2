import { createPostgresBackend, Queue, runMigrations, Worker, type Processor } from 'bullmq';
import { GATHER_MS } from '../../base/batched.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, errorText } from '../../base/errors.ts';
import { pause } from '../../base/pause.ts';
import { KEPT_COMPLETED_MS } from '../queue.ts';
import { PostgresPool } from './postgres-pool.ts';
import { SharedListener } from './shared-listener.ts';
import { addressOf, type BullQueue, type BullStore, type BullWorker, type BullWorkerOptions } from './store.ts';

/** Where BullMQ's tables stand; ours are in `public`. */
const SCHEMA = 'bullmq';
const QUERY_MS = 10_000;
/** One of them listens. */
const MAX_CONNECTIONS = 8;
const MAX_FLUSHING = 2;
const MIGRATION_MS = 60_000;

/** BullMQ on PostgreSQL. Needs `migrateQueueBackend` to have run. */
export class PostgresStore implements BullStore {
  readonly target: string;
  // By age alone: to keep a number of them BullMQ 6.7 reads them all at each completion (with 45,000
  // kept, 80 ms a job against 3). They are on disk here, so a day's jobs are the bound.
  readonly keepCompleted = { age: KEPT_COMPLETED_MS / 1000 };
  readonly #clock: Clock;
  readonly #pool: PostgresPool;
  readonly #listener: SharedListener;
  /** For `flush` and the probe. */
  readonly #durablePool: PostgresPool;
  #flushing: Promise<void> | undefined;

  constructor(databaseUrl: string, clock: Clock) {
    this.#clock = clock;
    this.target = `PostgreSQL at ${addressOf(databaseUrl)}`;
    const pool = { databaseUrl, schema: SCHEMA, queryMs: QUERY_MS };
    // A worker hears of a job at its commit, which need not wait for the disk: `flush` does, beside the worker. That a job was
    // taken, or has ended, need not be on disk at all: what a crash undoes makes it come again, which it may anyway.
    this.#pool = new PostgresPool({ ...pool, max: MAX_CONNECTIONS, durable: false });
    this.#durablePool = new PostgresPool({ ...pool, max: MAX_FLUSHING });
    this.#listener = new SharedListener(this.#pool);
  }

  openQueue(name: string): BullQueue {
    return new Queue(name, { connection: this.#pool }, createPostgresBackend);
  }

  openWorker(name: string, processor: Processor, options: BullWorkerOptions): { worker: BullWorker; cut: () => void } {
    const { pool, cut } = this.#listener.openPool();
    const worker = new Worker(name, processor, { ...options, connection: pool }, createPostgresBackend);
    return { worker, cut };
  }

  /**
   * The log of PostgreSQL is one sequence: with a commit that waits for the disk all before it are there too. What a
   * crash undoes was not acknowledged, and nobody has acted on it either: a worker's first step is such a commit.
   */
  flush(unhurried: boolean): Promise<void> {
    if (!unhurried) return this.#flushNow();
    this.#flushing ??= this.#flushSoon();
    return this.#flushing;
  }

  async ping(): Promise<void> {
    await this.#durablePool.query('select 1');
  }

  onError(listener: (error: Error) => void): void {
    this.#pool.on('error', listener);
    this.#durablePool.on('error', listener);
  }

  async close(): Promise<void> {
    this.#listener.close();
    await Promise.all([this.#pool.end(), this.#durablePool.end()]);
  }

  /** One commit for all who can wait for it. */
  async #flushSoon(): Promise<void> {
    await pause(this.#clock, GATHER_MS);
    this.#flushing = undefined;
    await this.#flushNow();
  }

  async #flushNow(): Promise<void> {
    // A transaction that writes nothing waits for nothing. This is the least that can be written; nobody reads it.
    await this.#durablePool.query("select pg_logical_emit_message(true, 'sipweet', '')");
  }
}

/**
 * Brings BullMQ's schema in this database up to date; does nothing when it is. Several processes
 * may do it at once: BullMQ holds an advisory lock while one of them migrates, in one transaction.
 *
 * @throws AppError `db.migration`
 */
export async function migrateQueueBackend(databaseUrl: string): Promise<void> {
  const pool = new PostgresPool({ databaseUrl, schema: SCHEMA, max: 1, queryMs: MIGRATION_MS });
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, SCHEMA);
    } finally {
      client.release();
    }
  } catch (thrown) {
    throw new AppError('db.migration', `Cannot migrate the queue's tables: ${errorText(thrown)}`, { cause: thrown });
  } finally {
    await pool.end();
  }
}
