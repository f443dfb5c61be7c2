import type { HashTable, TableValue } from './hash-table.ts';

/**
 * One `sht_iterator_start`: the keys that the table had then. Keys that go away meanwhile are passed
 * over, keys that come are not seen, and nothing is locked: the table is only ever changed between
 * two function calls.
 */
export class TableIterator {
  readonly table: HashTable;
  readonly #keys: readonly string[];
  #at = -1;

  constructor(table: HashTable) {
    this.table = table;
    this.#keys = table.keys();
  }

  /** Moves to the next entry; false at the end. */
  next(): boolean {
    do this.#at += 1;
    while (this.#at < this.#keys.length && !this.table.has(this.#keys[this.#at]!));
    return this.#at < this.#keys.length;
  }

  /** Key of the current entry (`$shtitkey`); undefined before the first and behind the last. */
  get key(): string | undefined {
    return this.#keys[this.#at];
  }

  /** Value of the current entry (`$shtitval`). */
  get value(): TableValue | undefined {
    return this.key === undefined ? undefined : this.table.get(this.key);
  }
}
