import type { Counter, Counters } from '../../base/counters.ts';

/** How many routes wait now, and the bound on them. */
export class ParkedRoutes {
  readonly #max: number;
  /** Calls refused at the bound. */
  readonly #refused: Counter;
  #count = 0;
  /** True once a refusal was logged, until half of the parked routes are gone: one line for each spell. */
  #full = false;

  constructor(max: number, counters: Counters) {
    this.#max = max;
    this.#refused = counters.define('script.waits.refused', 'Calls of functions that wait, refused at the bound');
  }

  get count(): number {
    return this.#count;
  }

  /** False when as many routes wait as may; the refusal is counted, and the first of a spell is told to `complain`. */
  hasRoom(label: string, complain: (message: string) => void): boolean {
    if (this.#count < this.#max) return true;
    this.#refused.value += 1;
    if (!this.#full) complain(`${label} not called: ${this.#max} routes are waiting already`);
    this.#full = true;
    return false;
  }

  enter(): void {
    this.#count += 1;
  }

  leave(): void {
    this.#count -= 1;
    if (this.#count * 2 < this.#max) this.#full = false;
  }
}
