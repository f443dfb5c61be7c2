/** Who called last and was missed: what the ledger knows of it. */
import type { Knex } from 'knex';

/** A missed call that its callee was to be told of. */
export interface MissedCaller {
  /** `user@host`; `undefined` when the caller hid it. */
  readonly counterparty: string | undefined;
}

export class MissedCallers {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** The last missed call of the user within so many milliseconds, whether or not the message about it has gone out. */
  async last(sipUser: string, withinMs: number): Promise<MissedCaller | undefined> {
    const { rows } = await this.#db.raw<{ rows: { counterparty: string | null }[] }>(
      `select counterparty from ledger
       where sipuser = ? and kind = 'direct-message' and created_at > now() - make_interval(secs => ?)
       order by created_at desc limit 1`,
      [sipUser, withinMs / 1000],
    );
    return rows[0] === undefined ? undefined : { counterparty: rows[0].counterparty ?? undefined };
  }
}
