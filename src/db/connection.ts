/** Connections to PostgreSQL: one pool a process and purpose, and what its failures are called. */
import knex, { type Knex } from 'knex';
import { AppError, errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** What `pg_stat_activity` shows: the role of the process, `sipweet sip`. */
  readonly applicationName: string;
  readonly logger: Logger;
  /** Most connections at a time; who needs one more waits `acquireTimeoutMs`. Default 10. */
  readonly poolSize?: number;
  /** A statement that runs longer is cancelled by the server. Default 10,000. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a free or new connection before the call fails. Default 5000. */
  readonly acquireTimeoutMs?: number;
}

/**
 * A process that is frozen, or cut off, in the middle of a transaction keeps its locks, one of which all calls
 * of the fleet wait for; the server ends such a transaction. Longer than X may take to renew a token, the one
 * thing that is waited for under a lock.
 */
const IDLE_IN_TRANSACTION_MS = 150_000;

/**
 * Opens a pool; connects when it is first used. A connection that breaks while nobody uses it is
 * dropped from the pool with one line in the log: PostgreSQL may restart under a running service.
 * Close it with `destroy()`.
 */
export function openDatabase(options: DatabaseOptions): Knex {
  const { logger, acquireTimeoutMs = 5000 } = options;
  return knex({
    client: 'pg',
    connection: {
      connectionString: options.url,
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      connectionTimeoutMillis: acquireTimeoutMs,
      keepAlive: true,
    },
    acquireConnectionTimeout: acquireTimeoutMs,
    pool: {
      min: 0,
      max: options.poolSize ?? 10,
      idleTimeoutMillis: 30_000,
      // Otherwise a refused connection is tried again and again until the acquire timeout is over.
      propagateCreateError: true,
      afterCreate(connection: NodeJS.EventEmitter, done: (error: null, connection: unknown) => void) {
        connection.on('error', (thrown) => logger.warn(`a database connection broke: ${errorText(thrown)}`));
        done(null, connection);
      },
    },
    log: {
      debug: (message) => logger.debug(String(message)),
      warn: (message) => logger.debug(`knex: ${String(message)}`),
      error: (message) => logger.debug(`knex: ${String(message)}`),
      deprecate: (method) => logger.debug(`knex: ${method} is deprecated`),
    },
  });
}

/**
 * Asks the server for a sign of life.
 *
 * @throws AppError `db.unreachable`, naming host, port and database, never the password
 */
export async function checkDatabase(db: Knex): Promise<void> {
  try {
    await db.raw('select 1');
  } catch (thrown) {
    throw asUnreachable(thrown, addressOf(db)) ?? thrown;
  }
}

/** The part of a database URL that may be shown: `host:port/database`. */
export function describeDatabaseUrl(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname || 'localhost'}:${port || '5432'}${pathname}`;
  } catch {
    return 'an unreadable URL';
  }
}

/** SQLSTATE classes and system errors that mean "not now", as against "wrong statement". */
const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|EPIPE|08|28|3D000|53300|57P0)/;

/** An AppError `db.unreachable` when that is what this failure of a statement means, else `undefined`. */
export function asUnreachable(thrown: unknown, address: string): AppError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const code = String((thrown as { code?: unknown }).code ?? '');
  // The driver and the pool give no code to what they notice themselves.
  const broken = thrown.name === 'KnexTimeoutError' || /^(Connection terminated|timeout e)/.test(thrown.message);
  if (!broken && !UNREACHABLE.test(code)) return undefined;
  // Node gives no text when it tried several addresses of one name.
  const reason = thrown.message || code;
  return new AppError('db.unreachable', `PostgreSQL at ${address} does not answer: ${reason}`, { cause: thrown });
}

function addressOf(db: Knex): string {
  const { connection } = db.client.config as { connection?: { connectionString?: string } };
  return describeDatabaseUrl(connection?.connectionString ?? '');
}

/** SQLSTATE of a failed statement, such as `23505` for a broken unique constraint. */
export function sqlState(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
