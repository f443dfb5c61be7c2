/**
 * `leases`: which process of the fleet does what only one may do. A lease ends by itself, by the
 * database's clock, when its holder does not renew it: no process has to notice that another died.
 */
import type { Knex } from 'knex';

export class LeasesTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * Takes the lease when it is free, has run out, or is the holder's already; so this renews it too.
   * True when `holder` has it now, for `ttlMs` from a moment after the call began.
   */
  async acquire(name: string, holder: string, ttlMs: number): Promise<boolean> {
    // One statement: of many that come at once, the row lock lets one after the other see the newer `until`.
    const { rows } = await this.#db.raw<{ rows: unknown[] }>(
      `insert into leases as lease (name, holder, until) values (?, ?, clock_timestamp() + make_interval(secs => ?))
       on conflict (name) do update set holder = excluded.holder, until = excluded.until
       where lease.holder = excluded.holder or lease.until <= clock_timestamp() returning name`,
      [name, holder, ttlMs / 1000],
    );
    return rows.length > 0;
  }

  /** Gives the lease back; nothing happens when it is another's by now. */
  async release(name: string, holder: string): Promise<void> {
    await this.#db('leases').where({ name, holder }).delete();
  }

  /** Who has it, or `undefined` when nobody has. */
  async holder(name: string): Promise<string | undefined> {
    const row = await this.#db<{ name: string; holder: string }>('leases').where({ name }).whereRaw('until > clock_timestamp()').first();
    return row?.holder;
  }
}
