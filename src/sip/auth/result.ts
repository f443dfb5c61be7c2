/** How a check of credentials ends, and the number that KEMI's `auth_check` and its family return for it. */
export const AUTH_RESULT_CODES = {
  ok: 1,
  /** The check cannot be made: other Request-URI, no stored hash for the algorithm. */
  error: -1,
  'bad-password': -2,
  'unknown-user': -3,
  /** The nonce is expired, forged, of another node or forgotten. */
  stale: -4,
  'no-credentials': -5,
  /** Right password, but this nonce count was seen before. */
  'nonce-reused': -6,
  /** The credentials are good but belong to somebody else than the sender names himself. */
  'user-mismatch': -8,
} as const;

export type AuthResult = keyof typeof AUTH_RESULT_CODES;

/**
 * Whether the next challenge after `result` says `stale=true`. A replay says it too: a phone that
 * keeps nc=1 on a nonce looks like one and should try again without asking its user.
 */
export function asksForFreshNonce(result: AuthResult): boolean {
  return result === 'stale' || result === 'nonce-reused';
}
