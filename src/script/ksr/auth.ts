import { computeHa1, digestAlgorithm, type DigestAlgorithm, type DigestSecrets } from '../../sip/auth/algorithm.ts';
import { challengeFlags } from '../../sip/auth/challenge.ts';
import type { DigestCredentials } from '../../sip/auth/credentials.ts';
import { asksForFreshNonce } from '../../sip/auth/result.ts';
import { reasonPhrase } from '../../proxy/reason-phrase.ts';
import { AUTHORIZATION, PROXY_AUTHORIZATION } from '../../sip/headers/header-id.ts';
import { cannotBeChallenged, DigestCheck, findCredentials, headerFor, type AuthorizationHeader } from '../modules/digest-check.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { sendReply } from './sl.ts';

const { row } = rowsOf<RouteContext>('auth');

const OK = 1;
const FAILED = -1;
const NOT_BUILT = -2;
const NOT_SENT = -3;

/** Flag of the `pv_` functions: the password is H(A1) in hexadecimal. */
const PASSWORD_IS_HA1 = 1;

const MOST_REALM_CHARACTERS = 128;

/** Answers with a challenge: one header field for each algorithm, the preferred one first (RFC 8760 §2.4). */
function challenge(route: RouteContext, status: 401 | 407, realm: string, flags: number): number {
  if (!route.message.isRequest || cannotBeChallenged(route) || realm === '' || realm.length > MOST_REALM_CHARACTERS) return NOT_BUILT;
  const { auth } = route.services.modules;
  const { authResult, algorithms } = route.locals;
  const { qop, stale } = challengeFlags(flags);
  const values = auth.authenticator.challenge({
    realm,
    sourceAddress: route.source.address,
    qop,
    stale: stale || (authResult !== undefined && asksForFreshNonce(authResult)),
    algorithms: algorithms ?? auth.algorithms,
  });
  const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  for (const value of values) route.replyHeaders += `${name}: ${value}\r\n`;
  return sendReply(route, status, reasonPhrase(status)) === OK ? OK : NOT_SENT;
}

/** Checks credentials against a password that the script knows. */
function checkPassword(route: RouteContext, header: AuthorizationHeader, realm: string, password: string, flags: number, method: string, checks: number): number {
  if (realm === '' || password === '' || !route.message.isRequest) return FAILED;
  if (cannotBeChallenged(route)) return OK;
  const check = DigestCheck.begin(route, { realm, header, method, checks });
  return typeof check === 'number' ? check : check.finish(secretsOf(check.credentials, password, (flags & PASSWORD_IS_HA1) !== 0));
}

function secretsOf({ username, realm, algorithm }: DigestCredentials, password: string, isHa1: boolean): DigestSecrets {
  const ha1 = isHa1 ? password : computeHa1(algorithm, username, realm, password);
  // A hash that the script has is of one algorithm, which its length tells; it answers no other.
  return ha1.length === 64 ? { ha1: '', ha1Sha256: ha1 } : { ha1 };
}

/** Takes the credentials that were accepted out of the request, so that they go no further (RFC 3261 §22.3 leaves the others). */
function consumeCredentials(route: RouteContext): number {
  const { message, edits } = route;
  const field = route.locals.authorizedField;
  if (field < 0 || cannotBeChallenged(route) || message.method === 'PRACK') return FAILED;
  edits.remove(message.fieldStart(field), message.fieldEnd(field));
  return OK;
}

function hasCredentials(route: RouteContext, realm: string): number {
  const found = findCredentials(route, realm, AUTHORIZATION) ?? findCredentials(route, realm, PROXY_AUTHORIZATION);
  return found === undefined ? FAILED : OK;
}

function setAlgorithm(route: RouteContext, name: string): number {
  const algorithm: DigestAlgorithm | undefined = name === '' ? undefined : digestAlgorithm(name);
  if (algorithm === undefined) return FAILED;
  route.locals.algorithms = [algorithm];
  return OK;
}

const CODES = '1 right, -1 error, -2 wrong password, -4 stale nonce, -5 no credentials, -6 replayed';
const CHALLENGE_CODES = '1 sent, -2 the request cannot be challenged, -3 not sent';

export const authRows = [
  row('auth_challenge', ['str', 'int'], 'int', (route, realm, flags) => challenge(route, headerFor(route) === AUTHORIZATION ? 401 : 407, realm, flags), `Answers REGISTER with 401 and all else with 407 and a challenge for the realm. Flags: 1 qop=auth, 2 qop=auth-int, 16 stale. ${CHALLENGE_CODES}`),
  row('www_challenge', ['str', 'int'], 'int', (route, realm, flags) => challenge(route, 401, realm, flags), `Answers with 401 and a challenge; ${CHALLENGE_CODES}`),
  row('proxy_challenge', ['str', 'int'], 'int', (route, realm, flags) => challenge(route, 407, realm, flags), `Answers with 407 and a challenge; ${CHALLENGE_CODES}`),
  row('auth_algorithm', ['str'], 'int', setAlgorithm, 'The challenge of this run offers MD5 or SHA-256 alone; -1 for another name'),
  row('has_credentials', ['str'], 'int', hasCredentials, '1 when the request has credentials for the realm, right or wrong'),
  row('consume_credentials', [], 'int', consumeCredentials, 'Removes the credentials that were accepted from the request; -1 when none were'),
  row('pv_auth_check', ['str', 'str', 'int', 'int'], 'int', (route, realm, password, flags, checks) => checkPassword(route, headerFor(route), realm, password, flags, route.message.method, checks), `Checks the credentials for the realm against this password, or with flag 1 this H(A1); checks 1 compares their user with From, or To of REGISTER. ${CODES}, -8 somebody else`),
  row('pv_www_authenticate', ['str', 'str', 'int'], 'int', (route, realm, password, flags) => checkPassword(route, AUTHORIZATION, realm, password, flags, route.message.method, 0), `Checks Authorization against this password; ${CODES}`),
  row('pv_www_authenticate_method', ['str', 'str', 'int', 'str'], 'int', (route, realm, password, flags, method) => checkPassword(route, AUTHORIZATION, realm, password, flags, method, 0), `The same as pv_www_authenticate, for credentials that were made for another method`),
  row('pv_proxy_authenticate', ['str', 'str', 'int'], 'int', (route, realm, password, flags) => checkPassword(route, PROXY_AUTHORIZATION, realm, password, flags, route.message.method, 0), `Checks Proxy-Authorization against this password; ${CODES}`),
];
