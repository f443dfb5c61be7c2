import { AsyncLocalStorage } from 'node:async_hooks';
import { Batched, GATHER_MS } from '../../base/batched.ts';
import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Charge, SpendTable } from '../../db/tables/spend.ts';
import type { OnSpend } from '../../x/prices.ts';

/** Charges that wait for the database; past it they are counted and logged, and missing in the table. */
const MOST_WAITING = 1_000;

/**
 * Writes down what the calls to X cost, those that come while it writes, and some milliseconds after, together. Give
 * `onSpend` to the client; what is called inside of `attribute` is put on the account of that row of the ledger.
 */
export class SpendMeter {
  readonly #records: Batched<Charge, undefined>;
  readonly #logger: Logger;
  readonly #unrecorded: Counter;
  readonly #ledgerId = new AsyncLocalStorage<string>();
  /** Charges on their way to the database. */
  readonly #writing = new Set<Promise<void>>();

  constructor(options: { readonly table: Pick<SpendTable, 'recordAll'>; readonly clock: Clock; readonly logger: Logger; readonly counters: Counters }) {
    const { table, clock } = options;
    this.#records = new Batched({
      run: async (charges) => {
        await table.recordAll(charges);
        return charges.map(() => undefined);
      },
      gather: { clock, ms: GATHER_MS },
    });
    this.#logger = options.logger;
    this.#unrecorded = options.counters.define('x.spend.unrecorded', 'Charges of X that could not be written down: the budget does not know of them');
  }

  readonly onSpend: OnSpend = (call, units, micros) => {
    const ledgerId = this.#ledgerId.getStore();
    const charge: Charge = { call, units, micros, ...(ledgerId === undefined ? {} : { ledgerId }) };
    if (this.#writing.size >= MOST_WAITING) return this.#lose(charge, 'too many wait for the database');
    const writing: Promise<void> = this.#record(charge).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  };

  /** Runs `work`, whose calls to X are for that row of the ledger. */
  attribute<Result>(ledgerId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#ledgerId.run(ledgerId, work);
  }

  /** Resolves when everything so far is written, or lost. */
  async flush(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #record(charge: Charge): Promise<void> {
    try {
      await this.#records.call(charge);
    } catch (thrown) {
      this.#lose(charge, errorText(thrown));
    }
  }

  #lose({ call, units, micros }: Charge, reason: string): void {
    this.#unrecorded.value += 1;
    this.#logger.warn('A charge of X could not be written down', { call, units, micros, reason });
  }
}
