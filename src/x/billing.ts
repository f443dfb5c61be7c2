import type { Clock } from '../base/clock.ts';
import { RecentIds } from '../base/recent-ids.ts';
import { priceOf, type OnSpend, type PricedCall } from './prices.ts';

const DAY_MS = 86_400_000;
/** Resources that are remembered as paid for today. One that was forgotten counts again, which errs towards more. */
const REMEMBERED = 50_000;

/** Turns calls and what they return into spend. A resource that X hands out again on the same UTC day is free. */
export class Billing {
  readonly #clock: Clock;
  readonly #onSpend: OnSpend | undefined;
  readonly #paid = new RecentIds(REMEMBERED);
  #day = 0;

  constructor(clock: Clock, onSpend: OnSpend | undefined) {
    this.#clock = clock;
    this.#onSpend = onSpend;
  }

  /** Something that costs by the call. */
  called(call: PricedCall): void {
    this.#onSpend?.(call, 1, priceOf(call));
  }

  /** Something that costs by what came back. The same id of two kinds is two resources. */
  returned(call: PricedCall, ids: Iterable<string>): void {
    const day = Math.floor(this.#clock.now() / DAY_MS);
    if (day !== this.#day) this.#paid.clear();
    this.#day = day;
    let units = 0;
    for (const id of ids) if (this.#paid.add(`${call} ${id}`)) units += 1;
    if (units > 0) this.#onSpend?.(call, units, priceOf(call, units));
  }
}
