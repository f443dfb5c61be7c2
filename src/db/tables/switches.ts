/** `switches`: what operators turn off, for all processes at once. */
import type { Knex } from 'knex';

/** The switch of everything that goes to or comes from X. */
export const X_SWITCH = 'x';

export interface Switch {
  readonly off: boolean;
  /** The operator's words. */
  readonly reason: string | undefined;
  /** `undefined` for one that was never touched. */
  readonly changedAt: Date | undefined;
}

const UNTOUCHED: Switch = { off: false, reason: undefined, changedAt: undefined };

interface SwitchRow {
  off: boolean;
  reason: string | null;
  changed_at: Date;
}

export class SwitchesTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** On when nobody ever touched it. */
  async find(name: string): Promise<Switch> {
    const row = await this.#db<SwitchRow & { name: string }>('switches').where({ name }).first();
    return row === undefined ? UNTOUCHED : { off: row.off, reason: row.reason ?? undefined, changedAt: row.changed_at };
  }

  async set(name: string, off: boolean, reason?: string): Promise<void> {
    await this.#db.raw(
      `insert into switches (name, off, reason, changed_at) values (?, ?, ?, now())
       on conflict (name) do update set off = excluded.off, reason = excluded.reason, changed_at = now()`,
      [name, off, reason ?? null],
    );
  }
}
