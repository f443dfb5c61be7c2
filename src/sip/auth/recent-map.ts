/** An entry; it is its own list node. */
interface Entry<K, V> {
  readonly key: K;
  readonly value: V;
  older: Entry<K, V> | undefined;
  newer: Entry<K, V> | undefined;
}

/**
 * A map of bounded size in the order of `put`: when it is full the oldest entry makes room. Every
 * operation takes constant time. A plain `Map` whose first key is deleted again and again does not:
 * its iterators walk over all the holes in front (measured at 100,000 entries: 100 µs for each).
 */
export class RecentMap<K, V> {
  readonly #maxEntries: number;
  readonly #entries = new Map<K, Entry<K, V>>();
  #oldest: Entry<K, V> | undefined;
  #newest: Entry<K, V> | undefined;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get full(): boolean {
    return this.#entries.size >= this.#maxEntries;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Puts the value last, in place of an earlier one of this key; drops the oldest entry when full. */
  put(key: K, value: V): void {
    this.delete(key);
    if (this.full) this.dropOldest();
    const entry: Entry<K, V> = { key, value, older: this.#newest, newer: undefined };
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
    this.#entries.set(key, entry);
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#remove(entry);
  }

  oldest(): V | undefined {
    return this.#oldest?.value;
  }

  dropOldest(): void {
    if (this.#oldest !== undefined) this.#remove(this.#oldest);
  }

  #remove(entry: Entry<K, V>): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    this.#entries.delete(entry.key);
  }
}
