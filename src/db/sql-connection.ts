/** SQL for routing scripts (`KSR.sqlops`) over a pool of connections. */
import type { Knex } from 'knex';
import pg from 'pg';
import type { Counter, Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { SqlConnection, SqlResult, SqlValue } from '../script/ports.ts';

const { builtins } = pg.types;

/** How a column of that type becomes a `SqlValue`; types without an entry stay text. */
const READERS = new Map<number, (text: string) => SqlValue>([
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.OID, Number],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.DATE, (text) => seconds(`${text}T00:00:00Z`, text)],
  [builtins.TIMESTAMP, (text) => seconds(`${text.replace(' ', 'T')}Z`, text)],
  [builtins.TIMESTAMPTZ, (text) => seconds(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'), text)],
]);

const RESULT_TYPES = { getTypeParser: (oid: number) => READERS.get(oid) ?? ((text: string) => text) };

export interface PooledSqlConnectionOptions {
  readonly db: Knex;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Rows that one result holds; what a statement returns beyond is read and thrown away. Default 10,000. */
  readonly maxRows?: number;
}

/**
 * Implements `SqlConnection` on a pool. A result is cut behind `maxRows` rows, with the counter
 * `sqlops.cut` and a line in the log: a script that forgets its WHERE must not fill our memory.
 * How long a statement runs is bounded by the pool's statement timeout, how long it waits for a
 * connection by the pool's acquire timeout; give scripts a pool of their own, so that slow
 * statements of theirs do not keep the registrar from its writes.
 */
export class PooledSqlConnection implements SqlConnection {
  readonly #pool: Pool;
  readonly #logger: Logger;
  readonly #maxRows: number;
  readonly #cut: Counter;

  constructor(options: PooledSqlConnectionOptions) {
    this.#pool = options.db.client as Pool;
    this.#logger = options.logger;
    this.#maxRows = options.maxRows ?? 10_000;
    this.#cut = options.counters.define('sqlops.cut', 'Results of script SQL that had more rows than a result may hold');
  }

  async query(text: string, params: readonly SqlValue[] = []): Promise<SqlResult> {
    const connection = await this.#pool.acquireConnection();
    try {
      const result = await this.#read(connection, text, params);
      if (result.rows.length < result.rowCount && result.rows.length === this.#maxRows) {
        this.#cut.value += 1;
        this.#logger.warn('an SQL result was cut', { rows: result.rowCount, kept: this.#maxRows });
      }
      return result;
    } catch (thrown) {
      // Without an answer from the server, or with its last words: the pool must not lend this one again.
      if (isFatal(thrown)) await connection.end().catch(() => undefined);
      throw thrown;
    } finally {
      await this.#pool.releaseConnection(connection);
    }
  }

  #read(connection: pg.Client, text: string, params: readonly SqlValue[]): Promise<SqlResult> {
    return new Promise((resolve, reject) => {
      // The extended protocol takes one statement only, also without parameters: text that a
      // caller smuggled into a string cannot bring a second one along.
      const config = { text, values: [...params], rowMode: 'array', types: RESULT_TYPES, queryMode: 'extended' };
      const rows: SqlValue[][] = [];
      let received = 0;
      const query = new pg.Query<SqlValue[]>(config as unknown as pg.QueryConfig);
      query.on('row', (row) => {
        received += 1;
        if (rows.length < this.#maxRows) rows.push(row);
      });
      query.on('error', reject);
      query.on('end', (result) => {
        const columns = (result.fields ?? []).map((field) => field.name);
        resolve({ columns, rows, rowCount: columns.length > 0 ? received : (result.rowCount ?? 0) });
      });
      connection.query(query);
    });
  }
}

/** The part of knex's client that hands out connections; its own types do not show it. */
interface Pool {
  acquireConnection(): Promise<pg.Client>;
  releaseConnection(connection: pg.Client): Promise<void>;
}

function isFatal(thrown: unknown): boolean {
  return !(thrown instanceof pg.DatabaseError) || thrown.severity === 'FATAL' || thrown.severity === 'PANIC';
}

/** Whole seconds, as Kamailio's datetime columns give them; `infinity` and years BC stay text. */
function seconds(iso: string, text: string): SqlValue {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? text : Math.floor(ms / 1000);
}
