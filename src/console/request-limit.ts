import type { Clock } from '../base/clock.ts';

export interface RequestLimitOptions {
  readonly clock: Clock;
  /** Requests of one address within a minute. */
  readonly perMinute: number;
  /** Addresses that are counted within a minute; those past it share one allowance. Default 10,000. */
  readonly maxAddresses?: number;
}

const MINUTE_MS = 60_000;
/** No address looks like it. */
const EVERYBODY_ELSE = '';

/** How many requests an address has made in the minute that runs; every minute begins with nothing. */
export class RequestLimit {
  readonly #options: RequestLimitOptions;
  readonly #counts = new Map<string, number>();
  #minuteEndsMs = 0;

  constructor(options: RequestLimitOptions) {
    this.#options = options;
  }

  /** Counts a request; false when it is one too many. */
  takes(address: string): boolean {
    const { clock, perMinute, maxAddresses = 10_000 } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs >= this.#minuteEndsMs) {
      this.#counts.clear();
      this.#minuteEndsMs = nowMs + MINUTE_MS;
    }
    const isKnown = this.#counts.has(address) || this.#counts.size < maxAddresses;
    const name = isKnown ? address : EVERYBODY_ELSE;
    const count = (this.#counts.get(name) ?? 0) + 1;
    if (count > perMinute) return false;
    this.#counts.set(name, count);
    return true;
  }

  /** Whole seconds until the next minute begins, for `Retry-After`. */
  get retryAfterS(): number {
    return Math.max(1, Math.ceil((this.#minuteEndsMs - this.#options.clock.monotonicMs()) / 1000));
  }
}
