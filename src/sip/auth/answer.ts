import { computeHa1, DIGEST_ALGORITHMS, HEX_DIGITS, toWireText } from './algorithm.ts';
import { parseChallenge, type Challenge } from './challenge.ts';
import { formatCredentials, type Qop } from './credentials.ts';
import { digestResponse } from './response.ts';

/** One answer of a user agent. `username` and `password` are ordinary text, hashed as UTF-8. */
export interface AnswerOptions {
  /** All WWW-Authenticate or all Proxy-Authenticate values of the response, of one realm. */
  readonly challenges: readonly string[];
  readonly method: string;
  /** The Request-URI as it will be sent. */
  readonly uri: string;
  readonly username: string;
  readonly password: string;
  /** `password` is H(A1) in hex; only challenges in the algorithm of that length can be answered. Default: false. */
  readonly isHash?: boolean;
  /** Random text of the client, at least 64 bits. */
  readonly cnonce: string;
  /** How often the nonce was used, this time included: 1 for a new challenge. */
  readonly nonceCount: number;
  readonly body?: string | Uint8Array;
}

/**
 * The Authorization or Proxy-Authorization value that answers a challenge (RFC 3261 §22.2), in the
 * strongest algorithm offered, SHA-256 before MD5, and with qop=auth where there is a choice.
 * `undefined` when no challenge can be answered.
 */
export function answerChallenge(options: AnswerOptions): string | undefined {
  const challenge = strongest(options.challenges, options.isHash === true ? options.password.length : 0);
  if (challenge === undefined) return undefined;
  const { realm, nonce, algorithm, opaque } = challenge;
  const { method, uri, body = '' } = options;
  const username = toWireText(options.username);
  const ha1 = options.isHash === true ? options.password.toLowerCase() : computeHa1(algorithm, username, realm, toWireText(options.password));
  const qop = preferredQop(challenge);
  const cnonce = qop === undefined ? undefined : options.cnonce;
  const nc = qop === undefined ? undefined : options.nonceCount.toString(16).padStart(8, '0');
  const response = digestResponse({ algorithm, ha1, nonce, method, uri, qop, nc, cnonce, body });
  return formatCredentials({ username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc });
}

/** @param hexDigits only algorithms whose hashes are so long; 0 for all */
function strongest(values: readonly string[], hexDigits: number): Challenge | undefined {
  let best: Challenge | undefined;
  for (const value of values) {
    const challenge = parseChallenge(value);
    if ('failure' in challenge || (hexDigits !== 0 && HEX_DIGITS[challenge.algorithm] !== hexDigits)) continue;
    if (best === undefined || rank(challenge) < rank(best)) best = challenge;
  }
  return best;
}

function rank(challenge: Challenge): number {
  return DIGEST_ALGORITHMS.indexOf(challenge.algorithm);
}

function preferredQop(challenge: Challenge): Qop | undefined {
  if (challenge.qop === undefined) return undefined;
  return challenge.qop.includes('auth') ? 'auth' : 'auth-int';
}
