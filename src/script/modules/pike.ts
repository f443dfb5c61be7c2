import type { Clock } from '../../base/clock.ts';
import { RecentMap } from '../../sip/auth/recent-map.ts';
import { sourceNetwork } from '../../sip/auth/source-network.ts';

export interface PikeOptions {
  /** Length of a sampling unit. */
  readonly unitMs: number;
  /** Requests of one address within a unit that block it. */
  readonly maxRequests: number;
  /** How long an address is remembered after its last request (Kamailio's `remove_latency`). */
  readonly rememberMs: number;
  /** Most addresses that are counted. Default: 100,000. */
  readonly maxAddresses?: number;
}

interface Counted {
  /** Number of the unit that `current` belongs to. */
  unit: number;
  previous: number;
  current: number;
  blocked: boolean;
}

const DEFAULT_MAX_ADDRESSES = 100_000;

/** What a request of an address means. */
export type PikeVerdict = 'ok' | 'blocked' | 'newly-blocked';

/**
 * Counts requests by source address as Kamailio's `pike` does, over two sampling units: this one and
 * the one before. An address is hot when either count reaches the limit. The first
 * request that makes it hot blocks it; when a unit ends and it is not hot any more it is free again.
 * All addresses of an IPv6 /64 count as one, for one sender owns them all.
 *
 * At `maxAddresses` the address whose traffic ended longest ago is forgotten: it starts from 0.
 */
export class Pike {
  readonly #clock: Clock;
  readonly #options: PikeOptions;
  readonly #rememberUnits: number;
  /** In the order of the last unit that they sent in. */
  readonly #counted: RecentMap<string, Counted>;

  constructor(clock: Clock, options: PikeOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#rememberUnits = Math.ceil(options.rememberMs / options.unitMs);
    this.#counted = new RecentMap(options.maxAddresses ?? DEFAULT_MAX_ADDRESSES);
  }

  /** How many addresses are counted. */
  get size(): number {
    return this.#counted.size;
  }

  /** Counts one request. */
  count(address: string): PikeVerdict {
    const network = sourceNetwork(address);
    const unit = Math.floor(this.#clock.monotonicMs() / this.#options.unitMs);
    let counted = this.#counted.get(network);
    if (counted === undefined) {
      this.#forget(unit);
      counted = { unit, previous: 0, current: 0, blocked: false };
      this.#counted.put(network, counted);
    } else if (counted.unit !== unit) {
      this.#roll(counted, unit);
      this.#counted.put(network, counted);
      this.#forget(unit);
    }
    counted.current += 1;
    if (counted.blocked) return 'blocked';
    if (!this.#isHot(counted)) return 'ok';
    counted.blocked = true;
    return 'newly-blocked';
  }

  #roll(counted: Counted, unit: number): void {
    // Two ends of units or more: the one before was silent, and that unblocks.
    counted.previous = unit - counted.unit === 1 ? counted.current : 0;
    counted.current = 0;
    counted.unit = unit;
    if (!this.#isHot(counted)) counted.blocked = false;
  }

  #isHot({ previous, current }: Counted): boolean {
    const { maxRequests } = this.#options;
    return previous >= maxRequests || current >= maxRequests;
  }

  #forget(unit: number): void {
    for (let oldest = this.#counted.oldest(); oldest !== undefined; oldest = this.#counted.oldest()) {
      if (unit - oldest.unit <= this.#rememberUnits) return;
      this.#counted.dropOldest();
    }
  }
}
