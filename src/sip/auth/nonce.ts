import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { randomHex } from '../../base/ids.ts';
import { equalInConstantTime } from './constant-time.ts';

/** Kamailio's `nonce_expire`. */
export const DEFAULT_NONCE_LIFETIME_MS = 300_000;

/** How far the clocks of nodes that share a secret may be apart. */
const MAX_CLOCK_SKEW_MS = 5_000;

const TIME_DIGITS = 12;
const UNIQUE_BYTES = 6;
const MAC_DIGITS = 32;
const HEAD_DIGITS = TIME_DIGITS + UNIQUE_BYTES * 2;
const NONCE_DIGITS = HEAD_DIGITS + MAC_DIGITS;

/** A nonce that was recognised. */
export interface IssuedNonce {
  /** Its unique part, as a number: unlike a piece of the header it does not keep a message in memory. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly issuedMs: number;
}

export interface NonceOptions {
  readonly clock: Clock;
  /**
   * Key of the nonces. Nodes behind one address share it, so that each accepts what another gave
   * out. Default: random, and then a nonce is good at the node and in the process that made it.
   */
  readonly secret?: string | undefined;
  /** Default: 300,000. Shorter means more 401 round trips, longer a longer use of a stolen answer. */
  readonly lifetimeMs?: number;
}

/**
 * Makes and recognises nonces and keeps nothing: a challenge to a stranger costs no memory. A nonce
 * is hex, `time(48 bit ms) unique(48 bit) HMAC-SHA256(secret, time unique bound)(128 bit)`.
 *
 * `boundTo` is text that must be the same at both ends, the realm and the source address: an answer
 * that was overheard is no use from elsewhere, and a forged source address cannot bring a nonce.
 */
export class NonceSource {
  readonly lifetimeMs: number;
  readonly #clock: Clock;
  readonly #key: KeyObject;

  constructor(options: NonceOptions) {
    this.#clock = options.clock;
    this.lifetimeMs = options.lifetimeMs ?? DEFAULT_NONCE_LIFETIME_MS;
    this.#key = createSecretKey(options.secret === undefined ? randomBytes(32) : Buffer.from(options.secret, 'utf8'));
  }

  issue(boundTo: string): string {
    const time = Math.floor(this.#clock.now()).toString(16).padStart(TIME_DIGITS, '0');
    const head = time + randomHex(UNIQUE_BYTES);
    return head + this.#mac(head, boundTo);
  }

  /**
   * The nonce, when it is ours, bound to `boundTo` and within its lifetime; else `undefined`. The
   * cases are not told apart: in all of them the phone should take a new nonce without asking its
   * user.
   */
  recognise(nonce: string, boundTo: string): IssuedNonce | undefined {
    if (nonce.length !== NONCE_DIGITS) return undefined;
    const head = nonce.slice(0, HEAD_DIGITS);
    if (!equalInConstantTime(nonce.slice(HEAD_DIGITS), this.#mac(head, boundTo))) return undefined;
    const issuedMs = Number.parseInt(head.slice(0, TIME_DIGITS), 16);
    const ageMs = this.#clock.now() - issuedMs;
    if (ageMs < -MAX_CLOCK_SKEW_MS || ageMs >= this.lifetimeMs) return undefined;
    return { id: Number.parseInt(head.slice(TIME_DIGITS), 16), issuedMs };
  }

  #mac(head: string, boundTo: string): string {
    return createHmac('sha256', this.#key).update(head).update(boundTo).digest('hex').slice(0, MAC_DIGITS);
  }
}
