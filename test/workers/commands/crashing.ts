import type { Tables, Transactions } from '../../../src/db/transactions.ts';

export class Crash extends Error {}

/** Transactions whose n-th step fails, before or behind it, as if the process died there. */
export class CrashingTransactions implements Pick<Transactions, 'run' | 'tables'> {
  readonly #real: Transactions;
  readonly #at: number;
  #steps = 0;

  constructor(real: Transactions, at: number) {
    this.#real = real;
    this.#at = at;
  }

  get crashed(): boolean {
    return this.#steps >= this.#at;
  }

  async run<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result> {
    const result = await this.#real.run(async (tables) => {
      const result = await work(this.#crashing(tables));
      this.#step();
      return result;
    });
    // The commit is through, and nobody knows.
    this.#step();
    return result;
  }

  get tables(): Tables {
    return this.#crashing(this.#real.tables);
  }

  #crashing(tables: Tables): Tables {
    const wrapped = Object.entries(tables).map(([name, table]) => [name, this.#crashingTable(table as object)]);
    return Object.fromEntries(wrapped) as Tables;
  }

  #crashingTable(table: object): object {
    return new Proxy(table, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]) => {
          this.#step();
          return Reflect.apply(member, target, given) as unknown;
        };
      },
    });
  }

  #step(): void {
    this.#steps += 1;
    if (this.#steps === this.#at) throw new Crash(`crash at step ${this.#at}`);
  }
}
