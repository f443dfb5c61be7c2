/** What is forgotten when it is old: rows that have come to their end, and nothing that is still to be done. */
import type { Knex } from 'knex';

/** Table and the condition under which a row may go; `?` stands for its age in seconds. */
const OLD = 'now() - make_interval(secs => ?)';
const RULES: readonly (readonly [table: string, condition: string])[] = [
  ['ledger', `state in ('done', 'refused', 'parked') and updated_at < ${OLD}`],
  ['dm_results', `recorded_at < ${OLD}`],
  ['commands', `state <> 'received' and received_at < ${OLD}`],
  ['calls', `state in ('ended', 'failed', 'cancelled', 'missed', 'interrupted') and updated_at < ${OLD}`],
  ['sip_messages', `state in ('sent', 'stored', 'failed') and updated_at < ${OLD}`],
  ['schedules', `state <> 'active' and updated_at < ${OLD}`],
  ['schedule_runs', `at < ${OLD}`],
  ['spend', `at < ${OLD}`],
  ['link_codes', `expires_at < ${OLD}`],
  ['link_failures', `failed_at < ${OLD}`],
];

/** Rows of one table that one call removes at most: a long delete would hold locks. */
const AT_ONCE = 1000;

export class Retention {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /**
   * Removes what ended longer ago than that, at most a thousand rows of each table.
   *
   * @returns how many rows, by table; without those of which there were none
   */
  async forget(olderThanMs: number): Promise<Readonly<Record<string, number>>> {
    const removed: Record<string, number> = {};
    for (const [table, condition] of RULES) {
      const { rowCount } = await this.#db.raw<{ rowCount: number }>(
        `delete from ${table} where ctid = any(array(select ctid from ${table} where ${condition} limit ${AT_ONCE}))`,
        [olderThanMs / 1000],
      );
      if (rowCount > 0) removed[table] = rowCount;
    }
    return removed;
  }
}
