import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import pg from 'pg';

const CONNECT_MS = 5_000;

export interface PostgresPoolOptions {
  readonly databaseUrl: string;
  /** The schema that all names are looked up in. A plain lower-case name. */
  readonly schema: string;
  /** Connections at most. */
  readonly max: number;
  readonly queryMs: number;
  /**
   * False lets a statement end before it is on disk: a crash of PostgreSQL may undo what was done within the last
   * second, in order. Default true.
   */
  readonly durable?: boolean;
}

/**
 * The pool that BullMQ works on. Two things it does better than a bare one:
 *
 * - BullMQ repeats what failed on a lost connection, the completion of a job above all, but takes
 *   only ECONNREFUSED for that. A server that restarts has other ways to say it; left alone, a
 *   job that ended just then would be run a second time.
 * - A connection dies quietly. BullMQ listens for the errors of its clients most of the time,
 *   not always: a server that stops at the wrong moment would end our process.
 */
export class PostgresPool implements PgPool {
  readonly #pool: pg.Pool;

  constructor(options: PostgresPoolOptions) {
    this.#pool = new pg.Pool({
      connectionString: options.databaseUrl,
      options: `-c search_path=${options.schema}${options.durable === false ? ' -c synchronous_commit=off' : ''}`,
      Client: QuietClient,
      max: options.max,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: options.queryMs,
      keepAlive: true,
      // Workers look for jobs every few seconds, all of them at about the same time: what that takes stays open. A new connection
      // plans everything anew, and the event that waited for one came 80 ms late.
      idleTimeoutMillis: 0,
    });
    // Each queue of BullMQ adds a listener of its own.
    this.#pool.setMaxListeners(0);
    this.#pool.on('error', () => {});
  }

  // The type of a row is the caller's word: BullMQ knows its own SQL.
  async query<Row = never>(text: string, values?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    try {
      const { rows, rowCount } = await this.#pool.query(text, values === undefined ? [] : [...values]);
      return { rows: rows as Row[], rowCount };
    } catch (thrown) {
      throw asRefused(thrown);
    }
  }

  async connect(): Promise<PgPoolClient> {
    try {
      // BullMQ states a client's type with overloads, pg's types with generics: the compiler cannot see that they agree.
      return (await this.#pool.connect()) as unknown as PgPoolClient;
    } catch (thrown) {
      throw asRefused(thrown);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  on(event: 'error', listener: (error: Error) => void): this;
  on(event: 'connect', listener: (client: PgPoolClient) => void): this;
  on(event: 'error' | 'connect', listener: ((error: Error) => void) & ((client: PgPoolClient) => void)): this {
    this.#pool.on(event as 'error', listener);
    return this;
  }

  removeAllListeners(event?: string): this {
    this.#pool.removeAllListeners(event);
    return this;
  }
}

/** A client whose errors nobody has to listen for. */
class QuietClient extends pg.Client {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return super.emit(event, ...values);
  }
}

/** SQLSTATE classes and codes of a server that goes, comes, or has no room: connection exception, shutdown, crash, start. */
const LOST_STATES = /^(08...|57P0[123]|53300)$/;
const LOST_CODES = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** What `pg` says without a code. */
const LOST_WORDS = /Connection terminated|Connection ended|connection is closed|not queryable|Query read timeout|timeout exceeded/i;

function asRefused(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (!LOST_STATES.test(code) && !LOST_CODES.has(code) && !LOST_WORDS.test(thrown.message)) return thrown;
  return Object.assign(new Error(thrown.message, { cause: thrown }), { code: 'ECONNREFUSED' });
}
