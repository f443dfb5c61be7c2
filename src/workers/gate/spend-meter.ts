import { AsyncLocalStorage } from 'node:async_hooks';
import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Charge, SpendTable } from '../../db/tables/spend.ts';
import type { OnSpend } from '../../x/prices.ts';

/** Charges that wait for the database; past it they are counted and logged, and missing in the table. */
const MOST_WAITING = 1_000;

/**
 * Writes down what the calls to X cost, those that come while it writes together. Give `onSpend` to the client; what is called inside of
 * `attribute` is put on the account of that row of the ledger.
 */
export class SpendMeter {
  readonly #table: Pick<SpendTable, 'recordAll'>;
  readonly #logger: Logger;
  readonly #unrecorded: Counter;
  readonly #ledgerId = new AsyncLocalStorage<string>();
  #waiting: Charge[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: { readonly table: Pick<SpendTable, 'recordAll'>; readonly logger: Logger; readonly counters: Counters }) {
    this.#table = options.table;
    this.#logger = options.logger;
    this.#unrecorded = options.counters.define('x.spend.unrecorded', 'Charges of X that could not be written down: the budget does not know of them');
  }

  readonly onSpend: OnSpend = (call, units, micros) => {
    const ledgerId = this.#ledgerId.getStore();
    const charge: Charge = { call, units, micros, ...(ledgerId === undefined ? {} : { ledgerId }) };
    if (this.#waiting.length >= MOST_WAITING) return this.#lose(charge, 'too many wait for the database');
    this.#waiting.push(charge);
    this.#writing ??= this.#write();
  };

  /** Runs `work`, whose calls to X are for that row of the ledger. */
  attribute<Result>(ledgerId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#ledgerId.run(ledgerId, work);
  }

  /** Resolves when everything so far is written, or lost. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // What is charged in this turn of the event loop goes along.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#record(this.#waiting.splice(0));
    this.#writing = undefined;
  }

  async #record(charges: readonly Charge[]): Promise<void> {
    try {
      await this.#table.recordAll(charges);
    } catch (thrown) {
      for (const charge of charges) this.#lose(charge, errorText(thrown));
    }
  }

  #lose({ call, units, micros }: Charge, reason: string): void {
    this.#unrecorded.value += 1;
    this.#logger.warn('A charge of X could not be written down', { call, units, micros, reason });
  }
}
