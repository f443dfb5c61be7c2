import { DIGEST_ALGORITHMS, digestAlgorithm, type DigestAlgorithm } from './algorithm.ts';
import { malformed, parseDigestParams, quoteString, type AuthValueFailure } from './auth-params.ts';
import type { Qop } from './credentials.ts';

/**
 * A WWW-Authenticate or Proxy-Authenticate value of the Digest scheme (RFC 3261 §20.44, §20.27).
 * Texts are wire text, one character a byte.
 */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  /** Offered protections in order; `undefined` asks for the form of RFC 2069, without cnonce and nc. */
  readonly qop: readonly Qop[] | undefined;
  /** True tells the phone to try again with this nonce without asking its user for a password. */
  readonly stale: boolean;
  readonly opaque: string | undefined;
}

export type ChallengeOptions = Omit<Challenge, 'algorithm'> & {
  /** One challenge each, in this order. Default: SHA-256, then MD5. */
  readonly algorithms?: readonly DigestAlgorithm[];
};

/** The header value of one challenge. */
export function formatChallenge(challenge: Challenge): string {
  let value = `Digest realm=${quoteString(challenge.realm)}, nonce=${quoteString(challenge.nonce)}`;
  if (challenge.opaque !== undefined) value += `, opaque=${quoteString(challenge.opaque)}`;
  if (challenge.stale) value += ', stale=true';
  value += `, algorithm=${challenge.algorithm}`;
  // In quotes although it may be one word: the grammar of §25.1 has qop-options quoted.
  if (challenge.qop !== undefined) value += `, qop="${challenge.qop.join(',')}"`;
  return value;
}

/**
 * The header values of a challenge in several algorithms, strongest first. Each must become a header
 * of its own (RFC 3261 §7.3.1 forbids to join them by commas; RFC 8760 §2.4 has the phone take the
 * topmost that it knows).
 */
export function formatChallenges(options: ChallengeOptions): string[] {
  const algorithms = options.algorithms ?? DIGEST_ALGORITHMS;
  return algorithms.map((algorithm) => formatChallenge({ ...options, algorithm }));
}

/**
 * Reads one header value. A challenge whose algorithm, or whose every qop, is unknown is
 * `unsupported`: it must be ignored, not answered in another way (RFC 7616 §3.3).
 */
export function parseChallenge(value: string): Challenge | AuthValueFailure {
  const params = parseDigestParams(value);
  if ('failure' in params) return params;
  const realm = params.get('realm');
  const nonce = params.get('nonce');
  if (realm === undefined || nonce === undefined) return malformed('realm or nonce is missing');
  const algorithm = digestAlgorithm(params.get('algorithm'));
  if (algorithm === undefined) return { failure: 'unsupported', reason: 'the algorithm is not MD5 or SHA-256' };
  const offered = params.get('qop');
  const qop = offered === undefined ? undefined : knownQops(offered);
  if (qop?.length === 0) return { failure: 'unsupported', reason: 'no qop is auth or auth-int' };
  const stale = params.get('stale')?.toLowerCase() === 'true';
  return { realm, nonce, algorithm, qop, stale, opaque: params.get('opaque') };
}

/** What the flags of KEMI's `auth_challenge` ask for: 1 qop=auth, 2 qop=auth-int (it wins over 1), 16 stale. */
export function challengeFlags(flags: number): { readonly qop: readonly Qop[] | undefined; readonly stale: boolean } {
  const qop: readonly Qop[] | undefined = flags & 2 ? ['auth-int'] : flags & 1 ? ['auth'] : undefined;
  return { qop, stale: (flags & 16) !== 0 };
}

function knownQops(list: string): Qop[] {
  return list
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word === 'auth' || word === 'auth-int');
}
