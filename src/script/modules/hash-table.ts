import type { Clock } from '../../base/clock.ts';
import type { TextMatch } from './text-match.ts';

export type TableValue = string | number;

/** One table of `script.htables`. */
export interface HashTableOptions {
  /** Seconds from its last change after which an entry goes; 0 keeps it. */
  readonly autoexpireS: number;
  /** Value that a missing key is read as; text of a whole number is a number. */
  readonly initval?: string | undefined;
  /** Entries that the table takes; at the limit setting a new key fails. */
  readonly maxEntries: number;
}

interface Entry {
  value: TableValue;
  /** On the monotonic clock; `NEVER` for an entry that stays. */
  expiresMs: number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** A full table looks for expired entries at most this often: the search passes over all of them. */
const SEARCH_EVERY_MS = 1000;

/**
 * A table of `KSR.htable` and `$sht(name=>key)`: texts to texts or numbers. An entry whose time has
 * come cannot be seen any more; it is removed when its key is touched, or by `sweep`.
 */
export class HashTable {
  readonly name: string;
  readonly initval: TableValue | undefined;
  readonly #clock: Clock;
  readonly #autoexpireMs: number;
  readonly #maxEntries: number;
  readonly #entries = new Map<string, Entry>();
  /** Where the sweep has come to; a Map's iterator bears changes of the map. */
  #sweeping: Iterator<[string, Entry]> | undefined;
  #searchedMs = Number.NEGATIVE_INFINITY;

  constructor(name: string, options: HashTableOptions, clock: Clock) {
    this.name = name;
    this.initval = options.initval === undefined ? undefined : valueOf(options.initval);
    this.#clock = clock;
    this.#autoexpireMs = options.autoexpireS === 0 ? NEVER : options.autoexpireS * 1000;
    this.#maxEntries = options.maxEntries;
  }

  /** Entries in memory, among them some whose time has come. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value; of a missing key the initial value, or undefined when the table has none. */
  get(key: string): TableValue | undefined {
    return this.#live(key)?.value ?? this.initval;
  }

  has(key: string): boolean {
    return this.#live(key) !== undefined;
  }

  /**
   * Sets a value.
   *
   * @param expiresS  seconds until the entry goes, in place of the table's own time
   * @returns false when the key is new and the table full
   */
  set(key: string, value: TableValue, expiresS?: number): boolean {
    const expiresMs = this.#clock.monotonicMs() + (expiresS === undefined ? this.#autoexpireMs : expiresS * 1000);
    const entry = this.#live(key);
    if (entry !== undefined) {
      entry.value = value;
      entry.expiresMs = expiresMs;
      return true;
    }
    if (this.#isFull()) return false;
    this.#entries.set(key, { value, expiresMs });
    return true;
  }

  /** Gives an entry `expiresS` seconds from now; false when there is none. */
  setExpires(key: string, expiresS: number): boolean {
    const entry = this.#live(key);
    if (entry === undefined) return false;
    entry.expiresMs = this.#clock.monotonicMs() + expiresS * 1000;
    return true;
  }

  /** Adds to a number, which starts from the initial value; undefined when there is no number or no room. */
  add(key: string, difference: number): number | undefined {
    const value = this.get(key);
    if (typeof value !== 'number') return undefined;
    return this.set(key, value + difference) ? value + difference : undefined;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The live keys as they are now. */
  keys(): string[] {
    const keys: string[] = [];
    for (const [key] of this.#liveEntries()) keys.push(key);
    return keys;
  }

  countNames(match: TextMatch): number {
    let count = 0;
    for (const [key] of this.#liveEntries()) if (match(key)) count += 1;
    return count;
  }

  someName(match: TextMatch): boolean {
    for (const [key] of this.#liveEntries()) if (match(key)) return true;
    return false;
  }

  /** True when a value that is text matches; numbers never do. */
  someText(match: TextMatch): boolean {
    for (const [, { value }] of this.#liveEntries()) if (typeof value === 'string' && match(value)) return true;
    return false;
  }

  deleteNames(match: TextMatch): void {
    for (const key of this.#entries.keys()) if (match(key)) this.#entries.delete(key);
  }

  deleteTexts(match: TextMatch): void {
    for (const [key, { value }] of this.#entries) if (typeof value === 'string' && match(value)) this.#entries.delete(key);
  }

  /** Looks at the next `limit` entries and removes those whose time has come. */
  sweep(limit: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#sweeping ??= this.#entries.entries();
    for (let looked = 0; looked < limit; looked += 1) {
      const next = this.#sweeping.next();
      if (next.done === true) {
        this.#sweeping = undefined;
        return;
      }
      const [key, entry] = next.value;
      if (entry.expiresMs <= nowMs) this.#entries.delete(key);
    }
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresMs > this.#clock.monotonicMs()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  *#liveEntries(): Iterable<[string, Entry]> {
    const nowMs = this.#clock.monotonicMs();
    for (const pair of this.#entries) if (pair[1].expiresMs > nowMs) yield pair;
  }

  #isFull(): boolean {
    if (this.#entries.size < this.#maxEntries) return false;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#searchedMs < SEARCH_EVERY_MS) return true;
    this.#searchedMs = nowMs;
    for (const [key, entry] of this.#entries) if (entry.expiresMs <= nowMs) this.#entries.delete(key);
    return this.#entries.size >= this.#maxEntries;
  }
}

function valueOf(text: string): TableValue {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
