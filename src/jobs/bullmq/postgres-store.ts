import { createPostgresBackend, Queue, runMigrations, Worker, type PgPool, type Processor } from 'bullmq';
import pg from 'pg';
import { AppError, errorText } from '../../base/errors.ts';
import { addressOf, type BullQueue, type BullStore, type BullWorker, type BullWorkerOptions } from './store.ts';

/** Where BullMQ's tables stand; ours are in `public`. */
const SCHEMA = 'bullmq';
const CONNECT_MS = 5_000;
const QUERY_MS = 10_000;
const MIGRATION_MS = 60_000;

/**
 * A client that dies quietly. BullMQ listens for the errors of its clients most of the time, not
 * always: not between a connection and its first use, nor while it closes. A server that stops in
 * such a moment would end our process; the query in flight, or the next one, tells of it as well.
 */
class QuietClient extends pg.Client {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(event, ...values);
  }
}

function openPool(databaseUrl: string, max: number, queryMs = QUERY_MS): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: `-c search_path=${SCHEMA}`,
    Client: QuietClient,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: queryMs,
    // With it BullMQ notices a dead listening connection, and need not poll to be sure.
    keepAlive: true,
  });
  // Each queue of BullMQ adds a listener of its own.
  pool.setMaxListeners(0);
  pool.on('error', () => {});
  return pool;
}

/** BullMQ states its type of a pool with overloads, pg's types with generics: the compiler cannot see that they agree. */
function forBullmq(pool: pg.Pool): PgPool {
  return pool as unknown as PgPool;
}

/** BullMQ on PostgreSQL. Needs `migrateQueueBackend` to have run. */
export class PostgresStore implements BullStore {
  readonly target: string;
  readonly #url: string;
  /** For producers, questions and the probe; each worker has its own, as it keeps one connection for listening. */
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#url = databaseUrl;
    this.target = `PostgreSQL at ${addressOf(databaseUrl)}`;
    this.#pool = openPool(databaseUrl, 3);
  }

  openQueue(name: string): BullQueue {
    return new Queue(name, { connection: forBullmq(this.#pool) }, createPostgresBackend);
  }

  openWorker(name: string, processor: Processor, options: BullWorkerOptions): { worker: BullWorker; cut: () => void } {
    const pool = openPool(this.#url, 3);
    const worker = new Worker(name, processor, { ...options, connection: forBullmq(pool) }, createPostgresBackend);
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
  const pool = openPool(databaseUrl, 1, MIGRATION_MS);
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
