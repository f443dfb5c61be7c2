import type { Clock } from '../../base/clock.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import { HashTable, type HashTableOptions } from './hash-table.ts';

/** The sweep looks at so many entries of each table a second: a table of 100,000 is passed over in 20 s, Kamailio's interval. */
const SWEEP_EVERY_MS = 1000;
const SWEEP_ENTRIES = 5000;

/** The tables of `script.htables`. One node has one set; all routes share it. */
export class HashTables implements TimerOwner {
  readonly #clock: Clock;
  readonly #tables: ReadonlyMap<string, HashTable>;
  readonly #timer = new Timer(this);

  constructor(definitions: Readonly<Record<string, HashTableOptions>>, clock: Clock) {
    this.#clock = clock;
    this.#tables = new Map(Object.entries(definitions).map(([name, options]) => [name, new HashTable(name, options, clock)]));
  }

  get(name: string): HashTable | undefined {
    return this.#tables.get(name);
  }

  /** Begins to remove expired entries; what is read never depends on it. */
  start(): void {
    if (this.#tables.size > 0) this.#clock.arm(this.#timer, SWEEP_EVERY_MS);
  }

  stop(): void {
    this.#clock.disarm(this.#timer);
  }

  onTimer(): void {
    for (const table of this.#tables.values()) table.sweep(SWEEP_ENTRIES);
    this.#clock.arm(this.#timer, SWEEP_EVERY_MS);
  }
}
