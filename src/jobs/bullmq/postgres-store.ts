import { createPostgresBackend, PostgresConnection, Queue, Worker, type Processor } from 'bullmq';
import { AppError, errorText } from '../../base/errors.ts';
import { addressOf, type BullQueue, type BullStore, type BullWorker, type BullWorkerOptions } from './store.ts';

/** Where BullMQ's tables stand; ours are in `public`. */
const SCHEMA = 'bullmq';
const CONNECT_MS = 5_000;
const QUERY_MS = 10_000;

/** @param max connections of a pool; each queue and each worker has one, and a worker one more that listens */
function settings(databaseUrl: string, max: number) {
  return {
    connectionString: databaseUrl,
    schema: SCHEMA,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    // An idle connection to a server that left is an error to handle; a process at rest may end.
    allowExitOnIdle: true,
  };
}

/** BullMQ on PostgreSQL. Needs `migrateQueueBackend` to have run. */
export class PostgresStore implements BullStore {
  readonly target: string;
  readonly #url: string;
  readonly #probe: PostgresConnection;

  constructor(databaseUrl: string) {
    this.#url = databaseUrl;
    this.target = `PostgreSQL at ${addressOf(databaseUrl)}`;
    this.#probe = new PostgresConnection(settings(databaseUrl, 1));
  }

  openQueue(name: string): BullQueue {
    return new Queue(name, { connection: settings(this.#url, 2) }, createPostgresBackend);
  }

  openWorker(name: string, processor: Processor, options: BullWorkerOptions): { worker: BullWorker; cut: () => void } {
    const connection = settings(this.#url, 2);
    const worker = new Worker(name, processor, { ...options, connection }, createPostgresBackend);
    // BullMQ logs nothing but rejects: what it waits for is bounded by the query timeout.
    return { worker, cut: () => void worker.disconnect().catch(() => undefined) };
  }

  async ping(): Promise<void> {
    await this.#probe.pool.query('select 1');
  }

  onError(listener: (error: Error) => void): void {
    this.#probe.on('error', listener);
  }

  async close(): Promise<void> {
    await this.#probe.close();
  }
}

/**
 * Brings BullMQ's schema in this database up to date; does nothing when it is. Several processes
 * may do it at once: BullMQ holds an advisory lock while one of them migrates, in one transaction.
 *
 * @throws AppError `db.migration`
 */
export async function migrateQueueBackend(databaseUrl: string): Promise<void> {
  const connection = new PostgresConnection({ ...settings(databaseUrl, 1), query_timeout: 60_000, migrate: true });
  try {
    await connection.waitUntilReady();
  } catch (thrown) {
    throw new AppError('db.migration', `Cannot migrate the queue's tables: ${errorText(thrown)}`, { cause: thrown });
  } finally {
    await connection.close();
  }
}
