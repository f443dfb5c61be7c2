/** What routing scripts need from outside, as ports. `db` implements them; tests bring their own. */

/**
 * A cell of a result. Integers and floating point are numbers, dates and times are seconds since
 * the epoch (a time without zone is UTC), all else is text as PostgreSQL writes it: `bigint` and
 * `numeric` so that no digit is lost, `boolean` as `t` and `f`.
 */
export type SqlValue = string | number | null;

export interface SqlResult {
  /** Names of the columns; empty for a statement that returns none. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Rows that the statement returned or changed; more than `rows.length` when those were cut. */
  readonly rowCount: number;
}

/** A database for `KSR.sqlops`: an SQL text in, rows out. */
export interface SqlConnection {
  /**
   * Runs one statement; a text with several is refused, whatever a script glued into it.
   * Rejects when the statement fails, runs too long or the database is not there.
   *
   * @param params  values for `$1`, `$2`, … of the text
   */
  query(text: string, params?: readonly SqlValue[]): Promise<SqlResult>;
}

/** The secrets of one digest user, already hashed (RFC 2617 §3.2.2.2, RFC 8760). Lower-case hex. */
export interface Credentials {
  /** MD5 of `username:realm:password`; empty when not kept. */
  readonly ha1: string;
  /** SHA-256 of the same; empty when not kept, and then only MD5 can be checked. */
  readonly ha1Sha256: string;
}

/** Where `auth_db` finds credentials: the `subscriber` table. */
export interface CredentialStore {
  /** `undefined` when there is no such user in that realm. Rejects when the store cannot be asked. */
  find(username: string, realm: string): Promise<Credentials | undefined>;
}

/** One row of the `address` table, for `permissions`. */
export interface AddressRow {
  readonly group: number;
  readonly address: string;
  /** Bits of the network prefix. */
  readonly mask: number;
  /** 0 is any. */
  readonly port: number;
  readonly tag: string | undefined;
}

/** Where `permissions` loads its addresses from, at start and at a reload. */
export interface AddressSource {
  /** All rows, at most a stated number; more of them reject, for half a list would let strangers in or lock peers out. */
  loadAll(): Promise<readonly AddressRow[]>;
}

/** Where `mq_add` puts events that go to workers: the spool. */
export interface EventOutbox {
  /**
   * Takes an event at once; false, and counted there, when it cannot. The same key again in the
   * same queue is the same event.
   */
  append(queue: string, key: string, value: string): boolean;
  /** Events of a queue that the workers' side has not taken yet. */
  pending(queue: string): number;
}

/** Where `mq_fetch` finds the results of workers. */
export interface ResultInboxes {
  /** The oldest result of a queue, which is the caller's now; `undefined` when there is none. */
  take(queue: string): { readonly key: string; readonly value: string } | undefined;
  /** Results of a queue that `take` would give. */
  size(queue: string): number;
}
