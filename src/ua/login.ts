import { randomHex } from '../base/ids.ts';
import { answerChallenge } from '../sip/auth/answer.ts';
import { parseChallenge } from '../sip/auth/challenge.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';

/** How many challenges one request answers: the first, and some that only ask for a fresh nonce (RFC 7616 §3.3). */
const MAX_CHALLENGES = 3;

/** Who answers a challenge. */
export interface Login {
  readonly user: string;
  /** The password, or H(A1) in hex when `isHash`: 32 digits answer MD5 only, 64 SHA-256 only. */
  readonly password: string;
  readonly isHash?: boolean;
}

/** What is challenged: method and Request-URI of the request, and how many of its challenges were answered before. */
export interface Challenged {
  readonly method: string;
  readonly uri: string;
  readonly answered: number;
}

/**
 * The header line that answers a 401 or 407 (RFC 3261 §22.2, §22.3); undefined when there is none that
 * can be answered. A further challenge of the same request is answered only when it says that just
 * the nonce was too old, as after a restart of the server.
 */
export function credentialsLine(response: SipMessage, login: Login, { method, uri, answered }: Challenged): string | undefined {
  const { status } = response;
  if (status !== 401 && status !== 407) return undefined;
  const challenges = response.fieldsNamed(status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate').map((index) => response.fieldValue(index));
  const mayAnswer = answered === 0 || (answered < MAX_CHALLENGES && challenges.some(isStale));
  if (!mayAnswer) return undefined;
  const { user, password, isHash = false } = login;
  const answer = answerChallenge({ challenges, method, uri, username: user, password, isHash, cnonce: randomHex(8), nonceCount: 1 });
  return answer === undefined ? undefined : `${status === 401 ? 'Authorization' : 'Proxy-Authorization'}: ${answer}\r\n`;
}

function isStale(value: string): boolean {
  const challenge = parseChallenge(value);
  return !('failure' in challenge) && challenge.stale;
}
