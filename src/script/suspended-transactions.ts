import type { RouteTransaction } from './route-transaction.ts';

/**
 * Transactions that `t_suspend` has put aside, by the label that the script knows them by. Each is
 * a server transaction, so `limits.maxTransactions` bounds them.
 */
export class SuspendedTransactions {
  readonly #byLabel = new Map<number, RouteTransaction>();
  #lastLabel = 0;

  get size(): number {
    return this.#byLabel.size;
  }

  /** Keeps a transaction; gives the label, which is not used again before 2^31 others were. */
  add(transaction: RouteTransaction): number {
    do this.#lastLabel = (this.#lastLabel % MAX_LABEL) + 1;
    while (this.#byLabel.has(this.#lastLabel));
    this.#byLabel.set(this.#lastLabel, transaction);
    return this.#lastLabel;
  }

  find(label: number): RouteTransaction | undefined {
    return this.#byLabel.get(label);
  }

  remove(label: number): void {
    this.#byLabel.delete(label);
  }
}

/** Scripts see integers of 32 bits. */
const MAX_LABEL = 2 ** 31 - 1;
