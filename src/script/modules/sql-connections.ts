import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { SqlConnection, SqlResult, SqlValue } from '../ports.ts';
import { withDeadline } from './deadline.ts';
import { fromWireText, toWireText } from './wire-text.ts';

export interface SqlConnectionsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a script waits for an answer; then the function fails. */
  readonly waitMs: number;
  /** Statements without a waiting route that may be under way at once; past it the next is refused. Default: 1,000. */
  readonly maxUnawaited?: number;
}

/** The connections of `KSR.sqlops` by their names in `script.sqlConnections`. Texts are wire text. */
export class SqlConnections {
  readonly #connections: ReadonlyMap<string, SqlConnection>;
  readonly #options: SqlConnectionsOptions;
  readonly #maxUnawaited: number;
  #unawaited = 0;

  constructor(connections: ReadonlyMap<string, SqlConnection>, options: SqlConnectionsOptions) {
    this.#connections = connections;
    this.#options = options;
    this.#maxUnawaited = options.maxUnawaited ?? 1000;
  }

  has(name: string): boolean {
    return this.#connections.has(name);
  }

  /** Runs one statement; rejects when it fails or is not answered in time. */
  async query(name: string, text: string, params: readonly string[] = []): Promise<SqlResult> {
    const connection = this.#connections.get(name);
    if (connection === undefined) throw new Error(`there is no connection "${name}" in script.sqlConnections`);
    const answer = connection.query(fromWireText(text), params.map(fromWireText));
    return asWireText(await withDeadline(this.#options.clock, this.#options.waitMs, answer));
  }

  /** Runs one statement whose result nobody waits for; a failure is logged. False when too many are under way. */
  queryUnawaited(name: string, text: string): boolean {
    if (this.#unawaited >= this.#maxUnawaited) return false;
    this.#unawaited += 1;
    this.query(name, text)
      .catch((thrown: unknown) => this.#options.logger.error(`sqlops: ${errorText(thrown)}`, { connection: name }))
      .finally(() => {
        this.#unawaited -= 1;
      });
    return true;
  }
}

function asWireText(result: SqlResult): SqlResult {
  return { columns: result.columns.map(toWireText), rows: result.rows.map((cells) => cells.map(cellAsWireText)), rowCount: result.rowCount };
}

function cellAsWireText(cell: SqlValue): SqlValue {
  return typeof cell === 'string' ? toWireText(cell) : cell;
}
