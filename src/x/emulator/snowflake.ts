import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';

/** 2010-11-04T01:42:54.657Z, the start of X's id time. */
const EPOCH_MS = 1_288_834_974_657n;

/** Ids as X makes them: milliseconds since its epoch in the upper bits, so that ids sort by time. */
export class Snowflakes {
  readonly #clock: Clock;
  #last = 0n;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new id, above every one before it even when the clock was set back. */
  next(): string {
    const fresh = (BigInt(Math.trunc(this.#clock.now())) - EPOCH_MS) << 22n;
    this.#last = fresh > this.#last ? fresh : this.#last + 1n;
    return this.#last.toString();
  }
}

/**
 * The id of the account with that handle. It comes from the handle alone: the service stores X ids
 * in its database, and they must still be right after the sandbox, which forgets, was restarted.
 */
export function accountIdOf(username: string): string {
  const digest = createHash('sha256').update(username.toLowerCase()).digest();
  return (10n ** 18n + (digest.readBigUInt64BE(0) >> 5n)).toString();
}
