import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { XKeys } from '../client.ts';

/** The parts of a request that OAuth 1.0a signs (RFC 5849 §3.4.1); JSON bodies are not among them. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stand in the request line. */
  readonly target: string;
  readonly host: string;
  readonly authorization: string;
  /** The body, if it is a form: its fields are signed too. */
  readonly form?: string;
}

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** RFC 5849 §3.6: `encodeURIComponent` leaves five characters that must be encoded too. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!*'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The fields of an `Authorization: OAuth` header; `undefined` when it is none, is broken or says something twice. */
export function parseAuthorization(header: string): Map<string, string> | undefined {
  if (!/^OAuth\s/i.test(header)) return undefined;
  const fields = new Map<string, string>();
  for (const part of header.slice(6).split(',')) {
    const match = /^\s*([^=\s"]+)="([^"]*)"\s*$/.exec(part);
    if (match === null) return undefined;
    try {
      const name = decodeURIComponent(match[1]!);
      if (fields.has(name)) return undefined;
      fields.set(name, decodeURIComponent(match[2]!));
    } catch {
      return undefined;
    }
  }
  return fields;
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The HMAC-SHA1 signature (RFC 5849 §3.4.2) of a request that its client believes to send to `origin`. */
export function signatureOf(
  request: SignedRequest,
  options: { origin: string; fields: ReadonlyMap<string, string>; appSecret: string; tokenSecret: string },
): string {
  const [path = '', query = ''] = request.target.split(/\?(.*)/s);
  const pairs = [...new URLSearchParams(query), ...new URLSearchParams(request.form ?? '')];
  for (const [name, value] of options.fields) {
    if (name !== 'oauth_signature' && name !== 'realm') pairs.push([name, value]);
  }
  const normalized = pairs
    .map(([name, value]): [string, string] => [percentEncode(name), percentEncode(value)])
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map((pair) => pair.join('='))
    .join('&');
  const base = [request.method.toUpperCase(), percentEncode(options.origin + path), percentEncode(normalized)].join('&');
  const key = `${percentEncode(options.appSecret)}&${percentEncode(options.tokenSecret)}`;
  return createHmac('sha1', key).update(base).digest('base64');
}

/** Compares without telling by its time where two texts differ. */
export function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** How far a timestamp may be off; X's own tolerance is not documented. */
const TOLERANCE_MS = 300_000;
/** Nonces kept. Only correctly signed requests are remembered, so a stranger cannot push one out. */
const MAX_NONCES = 10_000;

/**
 * Checks OAuth 1.0a signatures for one account. The client signs for the origin that it believes to
 * call: with our agent `https://api.x.com`, whatever socket it really uses. A client that rewrote
 * its URLs signs for the sandbox's own origin, so both are tried.
 */
export class OAuth1Verifier {
  readonly #keys: XKeys;
  readonly #clock: Clock;
  /** Request marks that were used, with the time at which their timestamp gets too old anyway; oldest first. */
  readonly #used = new Map<string, number>();

  constructor(keys: XKeys, clock: Clock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  verify(request: SignedRequest): Verdict {
    const fields = parseAuthorization(request.authorization);
    if (fields === undefined) return { ok: false, why: 'no OAuth header, or a broken one' };
    if (fields.get('oauth_signature_method') !== 'HMAC-SHA1') return { ok: false, why: 'signature method is not HMAC-SHA1' };
    if ((fields.get('oauth_version') ?? '1.0') !== '1.0') return { ok: false, why: 'version is not 1.0' };
    const consumer = fields.get('oauth_consumer_key') ?? '';
    const token = fields.get('oauth_token') ?? '';
    if (!equal(consumer, this.#keys.appKey)) return { ok: false, why: 'unknown app key' };
    if (!equal(token, this.#keys.accessToken)) return { ok: false, why: 'unknown access token' };

    const timestamp = fields.get('oauth_timestamp') ?? '';
    const nonce = fields.get('oauth_nonce') ?? '';
    if (!/^[0-9]{1,12}$/.test(timestamp)) return { ok: false, why: 'no timestamp' };
    const timestampMs = Number(timestamp) * 1000;
    if (Math.abs(timestampMs - this.#clock.now()) > TOLERANCE_MS) return { ok: false, why: 'timestamp too far off' };
    if (nonce === '' || nonce.length > 128) return { ok: false, why: 'no nonce, or one that is too long' };
    if (!this.#isSigned(request, fields)) return { ok: false, why: 'wrong signature' };
    if (!this.#firstUse(`${timestamp} ${nonce}`, timestampMs + TOLERANCE_MS)) return { ok: false, why: 'nonce used before' };
    return { ok: true };
  }

  #isSigned(request: SignedRequest, fields: ReadonlyMap<string, string>): boolean {
    const given = fields.get('oauth_signature') ?? '';
    const { appSecret, accessSecret: tokenSecret } = this.#keys;
    const host = request.host.toLowerCase();
    const origins = host === 'api.twitter.com' ? [`https://${host}`] : ['https://api.x.com', `http://${host}`];
    return origins.some((origin) => equal(given, signatureOf(request, { origin, fields, appSecret, tokenSecret })));
  }

  #firstUse(mark: string, untilMs: number): boolean {
    if (this.#used.has(mark)) return false;
    const nowMs = this.#clock.now();
    for (const [oldest, oldestUntilMs] of this.#used) {
      if (oldestUntilMs >= nowMs && this.#used.size < MAX_NONCES) break;
      this.#used.delete(oldest);
    }
    this.#used.set(mark, untilMs);
    return true;
  }
}
