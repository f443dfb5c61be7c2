import type { Clock } from '../../base/clock.ts';
import type { IssuedNonce } from './nonce.ts';
import { RecentMap } from './recent-map.ts';

/** About 20 MB when full: 330 phones a second that each take a new nonce, at the default lifetime. */
export const DEFAULT_MAX_NONCES = 100_000;

/** UDP may swap two requests of a phone: counts this far below the highest may still come, once each. */
const WINDOW = 32;

/** Every count is used up: a nonce that was answered without qop has no second use. */
const SPENT = Number.MAX_SAFE_INTEGER;

interface Uses {
  readonly issuedMs: number;
  highest: number;
  /** Bit n: the count `highest - n` was seen. */
  seen: number;
}

export interface NonceUsesOptions {
  readonly clock: Clock;
  /** Lifetime of the nonces, the same as that of their source. */
  readonly lifetimeMs: number;
  /** Most nonces that are remembered. Default: 100,000. */
  readonly maxNonces?: number;
}

/**
 * Which counts of which nonces were used: the replay bound of RFC 7616 §3.4. Only nonces of
 * answers with the right password come in here, so that strangers can neither fill the table nor
 * use up somebody's count. A nonce that is gone from the table is never taken for a new one: all
 * nonces issued before the youngest forgotten one are stale, which costs their phones a round trip.
 *
 * The table belongs to a node and starts empty, so what was issued before the start is stale too.
 * Nodes that share a nonce secret do not share it: an answer overheard at one could be used once at
 * each of the others within the nonce's lifetime, from the same source address only.
 */
export class NonceUses {
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  /** In the order of first use. */
  readonly #uses: RecentMap<number, Uses>;
  /** Issue time up to which an unknown nonce may be a forgotten one. */
  #forgottenMs: number;

  constructor(options: NonceUsesOptions) {
    this.#clock = options.clock;
    this.#lifetimeMs = options.lifetimeMs;
    this.#uses = new RecentMap(options.maxNonces ?? DEFAULT_MAX_NONCES);
    this.#forgottenMs = options.clock.now() - 1;
  }

  /** How many nonces are remembered. */
  get size(): number {
    return this.#uses.size;
  }

  /**
   * Takes one use of a nonce whose answer was right. `count` is the value of nc, `undefined` in an
   * answer without qop, which is good once and only as the first.
   */
  use(nonce: IssuedNonce, count: number | undefined): 'ok' | 'stale' | 'nonce-reused' {
    this.#dropExpired();
    const { id, issuedMs } = nonce;
    const uses = this.#uses.get(id);
    if (uses !== undefined) return count !== undefined && take(uses, count) ? 'ok' : 'nonce-reused';
    if (issuedMs <= this.#forgottenMs) return 'stale';
    if (this.#uses.full) this.#forgetOldest();
    this.#uses.put(id, { issuedMs, highest: count ?? SPENT, seen: 1 });
    return 'ok';
  }

  /** An expired nonce behind a younger one stays until that one goes: at most one lifetime longer. */
  #dropExpired(): void {
    const beforeMs = this.#clock.now() - this.#lifetimeMs;
    for (let uses = this.#uses.oldest(); uses !== undefined; uses = this.#uses.oldest()) {
      if (uses.issuedMs > beforeMs) return;
      this.#forgetOldest();
    }
  }

  #forgetOldest(): void {
    // Expired nonces count too: they would be alive again if the wall clock were set back.
    this.#forgottenMs = Math.max(this.#forgottenMs, this.#uses.oldest()?.issuedMs ?? 0);
    this.#uses.dropOldest();
  }
}

/** Marks `count` as used; false when it was used before or is below the window. */
function take(uses: Uses, count: number): boolean {
  const ahead = count - uses.highest;
  if (ahead > 0) {
    uses.seen = ahead < WINDOW ? (uses.seen << ahead) | 1 : 1;
    uses.highest = count;
    return true;
  }
  if (-ahead >= WINDOW) return false;
  const bit = 1 << -ahead;
  if ((uses.seen & bit) !== 0) return false;
  uses.seen |= bit;
  return true;
}
