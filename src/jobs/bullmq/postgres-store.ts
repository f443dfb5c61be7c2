import { createPostgresBackend, Queue, runMigrations, Worker, type Processor } from 'bullmq';
import { AppError, errorText } from '../../base/errors.ts';
import { KEPT_COMPLETED_MS } from '../queue.ts';
import { PostgresPool } from './postgres-pool.ts';
import { addressOf, type BullQueue, type BullStore, type BullWorker, type BullWorkerOptions } from './store.ts';

/** Where BullMQ's tables stand; ours are in `public`. */
const SCHEMA = 'bullmq';
const QUERY_MS = 10_000;
const MIGRATION_MS = 60_000;

/** BullMQ on PostgreSQL. Needs `migrateQueueBackend` to have run. */
export class PostgresStore implements BullStore {
  readonly target: string;
  // By age alone: to keep a number of them BullMQ 6.7 reads them all at each completion (with 45,000
  // kept, 80 ms a job against 3). They are on disk here, so a day's jobs are the bound.
  readonly keepCompleted = { age: KEPT_COMPLETED_MS / 1000 };
  readonly #url: string;
  /** For producers, questions and the probe; each worker has its own, as it keeps one connection for listening. */
  readonly #pool: PostgresPool;

  constructor(databaseUrl: string) {
    this.#url = databaseUrl;
    this.target = `PostgreSQL at ${addressOf(databaseUrl)}`;
    this.#pool = new PostgresPool({ databaseUrl, schema: SCHEMA, max: 3, queryMs: QUERY_MS });
  }

  openQueue(name: string): BullQueue {
    return new Queue(name, { connection: this.#pool }, createPostgresBackend);
  }

  openWorker(name: string, processor: Processor, options: BullWorkerOptions): { worker: BullWorker; cut: () => void } {
    // That a job was taken, or has ended, need not be on disk: what a crash undoes makes it come again, which
    // it may anyway. What was added is on disk, on the other pool.
    const pool = new PostgresPool({ databaseUrl: this.#url, schema: SCHEMA, max: 3, queryMs: QUERY_MS, durable: false });
    const worker = new Worker(name, processor, { ...options, connection: pool }, createPostgresBackend);
    return { worker, cut: () => void pool.end().catch(() => undefined) };
  }

  async ping(): Promise<void> {
    await this.#pool.query('select 1');
  }

  onError(listener: (error: Error) => void): void {
    this.#pool.on('error', listener);
  }

  async close(): Promise<void> {
    await this.#pool.end();
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
