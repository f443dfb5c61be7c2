import { AsyncLocalStorage } from 'node:async_hooks';
import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Charge, SpendTable } from '../../db/tables/spend.ts';
import type { OnSpend } from '../../x/prices.ts';

/** Charges that wait for the database; past it they are counted and logged, and missing in the table. */
const MOST_WAITING = 1_000;

/**
 * Writes down what the calls to X cost. Give `onSpend` to the client; what is called inside of
 * `attribute` is put on the account of that row of the ledger.
 */
export class SpendMeter {
  readonly #table: Pick<SpendTable, 'record'>;
  readonly #logger: Logger;
  readonly #unrecorded: Counter;
  readonly #ledgerId = new AsyncLocalStorage<string>();
  #waiting = 0;
  /** The writes, one behind the other: a burst of calls is not to take all connections. */
  #written: Promise<void> = Promise.resolve();

  constructor(options: { readonly table: Pick<SpendTable, 'record'>; readonly logger: Logger; readonly counters: Counters }) {
    this.#table = options.table;
    this.#logger = options.logger;
    this.#unrecorded = options.counters.define('x.spend.unrecorded', 'Charges of X that could not be written down: the budget does not know of them');
  }

  readonly onSpend: OnSpend = (call, units, micros) => {
    const ledgerId = this.#ledgerId.getStore();
    const charge: Charge = { call, units, micros, ...(ledgerId === undefined ? {} : { ledgerId }) };
    if (this.#waiting >= MOST_WAITING) return this.#lose(charge, 'too many wait for the database');
    this.#waiting += 1;
    this.#written = this.#written.then(() => this.#record(charge));
  };

  /** Runs `work`, whose calls to X are for that row of the ledger. */
  attribute<Result>(ledgerId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#ledgerId.run(ledgerId, work);
  }

  /** Resolves when everything so far is written, or lost. */
  flush(): Promise<void> {
    return this.#written;
  }

  async #record(charge: Charge): Promise<void> {
    try {
      await this.#table.record(charge);
    } catch (thrown) {
      this.#lose(charge, errorText(thrown));
    } finally {
      this.#waiting -= 1;
    }
  }

  #lose({ call, units, micros }: Charge, reason: string): void {
    this.#unrecorded.value += 1;
    this.#logger.warn('A charge of X could not be written down', { call, units, micros, reason });
  }
}
