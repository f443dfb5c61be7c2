/** Places in the database where a test stops whoever comes by, to kill him there. */
import type { TestContext } from 'node:test';
import type { Knex } from 'knex';
import { until } from '../jobs/until.ts';

/** Tells the locks of gates from other advisory locks. */
const GATES = 7_001;
/** The server ends what waits in a transaction for long; see `db/connection.ts`. */
const PATIENT = 'set local idle_in_transaction_session_timeout = 0';
let gates = 0;

export interface GatePlace {
  /** `update on calls`: the statement that waits. */
  readonly before: string;
  /** SQL over `new`: the rows for which it does. */
  readonly when: string;
}

/**
 * Keeps those waiting who change certain rows, inside of their transaction, until it is opened. A statement that
 * commits by itself is carried out when the gate opens, even if the process that sent it is dead by then: its
 * words are with the server. A transaction of a dead process is rolled back instead, for nobody says "commit".
 *
 * Kill within `database.statementTimeoutMs`.
 */
export class Gate {
  readonly #db: Knex;
  readonly #trx: Knex.Transaction;
  readonly #number: number;

  private constructor(db: Knex, trx: Knex.Transaction, number: number) {
    this.#db = db;
    this.#trx = trx;
    this.#number = number;
  }

  /** Not while others hold the table: who waits at one gate would keep another one from being made. */
  static async close(t: TestContext, db: Knex, where: GatePlace): Promise<Gate> {
    gates += 1;
    const number = gates;
    const trx = await db.transaction();
    const gate = new Gate(db, trx, number);
    t.after(() => gate.release());
    await trx.raw(PATIENT);
    await trx.raw('select pg_advisory_xact_lock(?, ?)', [GATES, number]);
    await db.raw(`create or replace function wait_at_gate() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(${GATES}, tg_argv[0]::int); return new; end $$`);
    const [event, table] = where.before.split(' on ');
    await db.raw(`create trigger gate_${number} before ${event} on ${table} for each row when (${where.when}) execute function wait_at_gate('${number}')`);
    return gate;
  }

  /** Resolves when somebody waits at it. */
  async reached(limitMs = 60_000): Promise<void> {
    await until(
      `somebody waits at gate ${this.#number}`,
      async () => {
        const { rows } = await this.#db.raw<{ rows: unknown[] }>(`select 1 from pg_locks where locktype = 'advisory' and classid = ? and objid = ? and not granted`, [GATES, this.#number]);
        return rows.length > 0;
      },
      limitMs,
    );
  }

  async release(): Promise<void> {
    if (!this.#trx.isCompleted()) await this.#trx.rollback();
  }
}

/** Locks a table, or an author's commands, for as long as the test likes. */
export class Hold {
  readonly #trx: Knex.Transaction;

  private constructor(trx: Knex.Transaction) {
    this.#trx = trx;
  }

  /** Nobody reads or writes the table. */
  static async table(t: TestContext, db: Knex, name: string): Promise<Hold> {
    return Hold.#begin(t, db, (trx) => trx.raw('lock table ?? in access exclusive mode', [name]));
  }

  /** As if another worker handled commands of that author. */
  static async author(t: TestContext, db: Knex, xUserId: string): Promise<Hold> {
    return Hold.#begin(t, db, (trx) => trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`commands of ${xUserId}`]));
  }

  static async #begin(t: TestContext, db: Knex, lock: (trx: Knex.Transaction) => Promise<unknown>): Promise<Hold> {
    const trx = await db.transaction();
    const hold = new Hold(trx);
    t.after(() => hold.release());
    await trx.raw(PATIENT);
    await lock(trx);
    return hold;
  }

  async release(): Promise<void> {
    if (!this.#trx.isCompleted()) await this.#trx.rollback();
  }
}
