import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { SpendTable, Totals } from '../../db/tables/spend.ts';

/** How old the totals may be. What the fleet spends within this time may come on top of the budget. */
const FRESH_MS = 2_000;
/** The part of a budget at which the operator is warned. */
const WARN_AT = 0.8;
const MICROS = 1_000_000;

/** Why and until when nothing goes out. */
export interface Hold {
  /** When to ask again, in milliseconds since the epoch. */
  readonly untilMs: number;
  readonly reason: string;
}

/** What may be spent, in millionths of a US dollar; `undefined` is without a limit. */
export interface BudgetLimits {
  readonly dailyMicros: number | undefined;
  readonly monthlyMicros: number | undefined;
}

/**
 * What X may cost a day and a month, in UTC. At 80 % there is one line in the log, at 100 % another,
 * and `spentUntil` says when the next day or month begins. All processes count together, in PostgreSQL.
 */
export class Budget {
  readonly #table: Pick<SpendTable, 'totals'>;
  readonly #limits: BudgetLimits;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #known: { readonly totals: Totals; readonly atMs: number } | undefined;
  #reading: Promise<Totals> | undefined;
  /** The spans and steps that were logged. */
  readonly #logged = new Map<string, number>();

  constructor(options: { readonly table: Pick<SpendTable, 'totals'>; readonly limits: BudgetLimits; readonly clock: Clock; readonly logger: Logger }) {
    this.#table = options.table;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Until when the budget is spent, or `undefined` when something is left. Rejects with the database's error. */
  async spentUntil(): Promise<Hold | undefined> {
    const { dailyMicros, monthlyMicros } = this.#limits;
    if (dailyMicros === undefined && monthlyMicros === undefined) return undefined;
    const { dayMicros, monthMicros, dayEndsAt, monthEndsAt } = await this.#totals();
    const day = this.#check('day', dayMicros, dailyMicros, dayEndsAt);
    return this.#check('month', monthMicros, monthlyMicros, monthEndsAt) ?? day;
  }

  #check(span: 'day' | 'month', micros: number, limit: number | undefined, endsAt: Date): Hold | undefined {
    if (limit === undefined || micros < limit * WARN_AT) return undefined;
    const isSpent = micros >= limit;
    const step = `${span} ${isSpent ? 'spent' : 'nearly spent'}`;
    if (this.#logged.get(step) !== endsAt.getTime()) {
      this.#logged.set(step, endsAt.getTime());
      const fields = { span, spentUsd: micros / MICROS, budgetUsd: limit / MICROS, until: endsAt.toISOString() };
      if (isSpent) this.#logger.error('The budget of X is spent: messages wait', { ...fields, help: 'raise it and restart the worker, or wait' });
      else this.#logger.warn('Most of the budget of X is spent', fields);
    }
    if (!isSpent) return undefined;
    return { untilMs: endsAt.getTime(), reason: `the budget of this ${span} is spent, until ${endsAt.toISOString()}` };
  }

  async #totals(): Promise<Totals> {
    const known = this.#known;
    if (known !== undefined && this.#clock.monotonicMs() - known.atMs < FRESH_MS) return known.totals;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(): Promise<Totals> {
    const atMs = this.#clock.monotonicMs();
    const totals = await this.#table.totals();
    this.#known = { totals, atMs };
    return totals;
  }
}
