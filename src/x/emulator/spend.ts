import type { Clock } from '../../base/clock.ts';
import { PRICES, type Charge, type PriceName } from './prices.ts';

const DAY_MS = 86_400_000;
/** Things read on one day that are remembered; past it they are billed again. */
const MAX_READ = 100_000;

/** What X would have billed so far, in millionths of a dollar. */
export interface SpendReport {
  readonly totalMicroUsd: number;
  readonly byPrice: Readonly<Partial<Record<PriceName, { readonly count: number; readonly microUsd: number }>>>;
  /** Answered requests of each endpoint, `GET /2/users/:id/mentions`, with what they cost. */
  readonly byEndpoint: Readonly<Record<string, { readonly calls: number; readonly microUsd: number }>>;
  /** What is left before X would answer 402; `null` when there is no end to it. */
  readonly creditsMicroUsd: number | null;
}

/** Meters the sandbox in X's prices. A thing that is read twice on one UTC day is billed once. */
export class Spend {
  readonly #clock: Clock;
  readonly #byPrice = new Map<PriceName, { count: number; microUsd: number }>();
  readonly #byEndpoint = new Map<string, { calls: number; microUsd: number }>();
  readonly #read = new Set<string>();
  #day = 0;
  #totalMicroUsd = 0;
  #creditsMicroUsd: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether X would answer 402. */
  get isExhausted(): boolean {
    return this.#creditsMicroUsd !== null && this.#creditsMicroUsd <= 0;
  }

  /** What the account has left from now on; `null` takes the end away. */
  setCredits(microUsd: number | null): void {
    this.#creditsMicroUsd = microUsd;
  }

  /** Books a request, or with `calls` 0 what a stream or webhook brings; returns what it cost. */
  book(endpoint: string, charges: readonly Charge[], calls = 1): number {
    const microUsd = charges.reduce((sum, charge) => sum + this.#charge(charge), 0);
    const entry = this.#byEndpoint.get(endpoint) ?? { calls: 0, microUsd: 0 };
    this.#byEndpoint.set(endpoint, { calls: entry.calls + calls, microUsd: entry.microUsd + microUsd });
    this.#totalMicroUsd += microUsd;
    if (this.#creditsMicroUsd !== null) this.#creditsMicroUsd -= microUsd;
    return microUsd;
  }

  report(): SpendReport {
    return {
      totalMicroUsd: this.#totalMicroUsd,
      byPrice: Object.fromEntries(this.#byPrice),
      byEndpoint: Object.fromEntries(this.#byEndpoint),
      creditsMicroUsd: this.#creditsMicroUsd,
    };
  }

  #charge({ price, resource }: Charge): number {
    if (resource !== undefined && !this.#isFirstRead(`${price} ${resource}`)) return 0;
    const entry = this.#byPrice.get(price) ?? { count: 0, microUsd: 0 };
    this.#byPrice.set(price, { count: entry.count + 1, microUsd: entry.microUsd + PRICES[price] });
    return PRICES[price];
  }

  #isFirstRead(mark: string): boolean {
    const day = Math.floor(this.#clock.now() / DAY_MS);
    if (day !== this.#day) this.#read.clear();
    this.#day = day;
    if (this.#read.has(mark)) return false;
    if (this.#read.size < MAX_READ) this.#read.add(mark);
    return true;
  }
}
