/** `spend`: a row for each call to X that costs money, and what a row of the ledger has cost so far. */
import type { Knex } from 'knex';

/** Something that X will charge for. Amounts are millionths of a US dollar. */
export interface Charge {
  /** Its name on the price list (`x/prices.ts`). */
  readonly call: string;
  readonly units: number;
  readonly micros: number;
  /** The message that it was for. */
  readonly ledgerId?: string;
}

/** What was spent today and this month, both in UTC as X counts, by the database's clock. */
export interface Totals {
  readonly dayMicros: number;
  readonly monthMicros: number;
  readonly dayEndsAt: Date;
  readonly monthEndsAt: Date;
}

/** What one kind of call has cost. */
export interface CallTotals {
  readonly call: string;
  readonly dayUnits: number;
  readonly dayMicros: number;
  readonly monthUnits: number;
  readonly monthMicros: number;
}

const DAY = `date_trunc('day', now() at time zone 'UTC') at time zone 'UTC'`;
const MONTH = `date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'`;

export class SpendTable {
  readonly #db: Knex;

  constructor(db: Knex) {
    this.#db = db;
  }

  /** Enters a charge, and adds it to the costs of its message. */
  record(charge: Charge): Promise<void> {
    return this.recordAll([charge]);
  }

  /** The same for several in one statement. */
  async recordAll(charges: readonly Charge[]): Promise<void> {
    const column = (valueOf: (charge: Charge) => string | number | null) => charges.map(valueOf);
    // The rows are locked in the order of their ids, as those who end messages at the same time do.
    await this.#db.raw(
      `with charge as (
         insert into spend (call, units, micros, ledger_id)
         select * from unnest(?::text[], ?::int[], ?::bigint[], ?::text[]) returning micros, ledger_id
       ), account as (
         select id from ledger where id in (select ledger_id from charge) order by id for no key update
       ), sum as (
         select account.id, sum(charge.micros) as micros from account join charge on charge.ledger_id = account.id group by account.id
       )
       update ledger set cost_micros = cost_micros + sum.micros from sum where ledger.id = sum.id`,
      [column(({ call }) => call), column(({ units }) => units), column(({ micros }) => micros), column(({ ledgerId }) => ledgerId ?? null)] as unknown as Knex.RawBinding[],
    );
  }

  async totals(): Promise<Totals> {
    const { rows } = await this.#db.raw<{ rows: { day: string; month: string; day_ends: Date; month_ends: Date }[] }>(
      `select coalesce(sum(micros) filter (where at >= ${DAY}), 0)::text as day, coalesce(sum(micros), 0)::text as month,
         (date_trunc('day', now() at time zone 'UTC') + interval '1 day') at time zone 'UTC' as day_ends,
         (date_trunc('month', now() at time zone 'UTC') + interval '1 month') at time zone 'UTC' as month_ends
       from spend where at >= ${MONTH}`,
    );
    const { day, month, day_ends: dayEndsAt, month_ends: monthEndsAt } = rows[0]!;
    return { dayMicros: Number(day), monthMicros: Number(month), dayEndsAt, monthEndsAt };
  }

  /** The same by kind of call, the dearest of this month first. */
  async byCall(): Promise<readonly CallTotals[]> {
    const { rows } = await this.#db.raw<{ rows: Record<'call' | 'day_units' | 'day' | 'month_units' | 'month', string>[] }>(
      `select call, coalesce(sum(units) filter (where at >= ${DAY}), 0)::text as day_units,
         coalesce(sum(micros) filter (where at >= ${DAY}), 0)::text as day, sum(units)::text as month_units, sum(micros)::text as month
       from spend where at >= ${MONTH} group by call order by sum(micros) desc, call`,
    );
    return rows.map((row) => ({
      call: row.call,
      dayUnits: Number(row.day_units),
      dayMicros: Number(row.day),
      monthUnits: Number(row.month_units),
      monthMicros: Number(row.month),
    }));
  }
}
