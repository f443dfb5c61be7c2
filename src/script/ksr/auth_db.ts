import { ha1For } from '../../sip/auth/algorithm.ts';
import { verifyResponse } from '../../sip/auth/verify.ts';
import { AUTHORIZATION } from '../../sip/headers/header-id.ts';
import { plainHost, unescapeUri, parseUri } from '../../sip/uri/uri.ts';
import { cannotBeChallenged, DigestCheck, headerFor, type AuthorizationHeader } from '../modules/digest-check.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';

const { waitingRow } = rowsOf<RouteContext>('auth_db');

const OK = 1;
const FAILED = -1;

/** The one table of users that there is. */
const TABLE = 'subscriber';
/** Flag of `is_subscriber`: the domain of the URI counts, else the realm of the configuration. */
const USE_DOMAIN = 1;

function isTable(route: RouteContext, table: string): boolean {
  if (table === TABLE) return true;
  route.services.logger.error(`auth_db: users are in the table ${TABLE} only`, { table, callId: route.callId });
  return false;
}

/**
 * Checks credentials against the stored ones. Answers at once when what is kept of the user shows
 * that they are right; anything else is asked of the store, so that a new password works at once.
 */
function authenticate(route: RouteContext, header: AuthorizationHeader, realm: string, table: string, method: string, checks: number): number | Promise<number> {
  if (realm === '' || method === '' || !route.message.isRequest || !isTable(route, table)) return FAILED;
  const check = DigestCheck.begin(route, { realm, header, method, checks });
  if (typeof check === 'number') return check;
  const { users } = route.services.modules;
  const { credentials, request } = check;
  const kept = users.kept(credentials.username, realm);
  if (kept !== undefined) {
    const { credentials: secrets } = kept;
    if (secrets === undefined) return check.finish(undefined);
    const ha1 = ha1For(secrets, credentials.algorithm);
    if (ha1 !== undefined && verifyResponse(credentials, request, ha1)) return check.finish(secrets);
  }
  return users.lookUp(credentials.username, realm).then((secrets) => check.finish(secrets));
}

function authCheck(route: RouteContext, realm: string, table: string, flags: number): number | Promise<number> {
  if (cannotBeChallenged(route)) return OK;
  return authenticate(route, headerFor(route), realm, table, route.message.method, flags);
}

function isSubscriber(route: RouteContext, uriText: string, table: string, flags: number): number | Promise<number> {
  const uri = parseUri(uriText);
  if (uri === undefined || uri.user === '' || !isTable(route, table)) return FAILED;
  const { auth, users } = route.services.modules;
  const user = unescapeUri(uri.user);
  const realm = (flags & USE_DOMAIN) === 0 ? auth.realm : plainHost(uri.host);
  const kept = users.kept(user, realm);
  if (kept !== undefined) return kept.credentials === undefined ? FAILED : OK;
  return users.lookUp(user, realm).then((credentials) => (credentials === undefined ? FAILED : OK));
}

const CODES = '1 right, -1 error, -2 wrong password, -3 unknown user, -4 stale nonce, -5 no credentials, -6 replayed';
const FRESHNESS = 'What the table says of a user is kept for 30 s: until then a password that was replaced still works beside the new one';

export const authDbRows = [
  waitingRow('auth_check', ['str', 'str', 'int'], 'int', authCheck, `Checks the credentials for the realm against the table subscriber: Authorization of REGISTER, else Proxy-Authorization; ACK and CANCEL pass. Flag 1 compares their user with From, or To of REGISTER; flag 2 leaves that out for calls and messages. ${CODES}, -8 somebody else. ${FRESHNESS}`),
  waitingRow('www_authenticate', ['str', 'str'], 'int', (route, realm, table) => authenticate(route, AUTHORIZATION, realm, table, route.message.method, 0), `Checks Authorization against the table subscriber; ${CODES}`),
  waitingRow('www_authenticate_method', ['str', 'str', 'str'], 'int', (route, realm, table, method) => authenticate(route, AUTHORIZATION, realm, table, method, 0), 'The same as www_authenticate, for credentials that were made for another method'),
  waitingRow('is_subscriber', ['str', 'str', 'int'], 'int', isSubscriber, '1 when the user of this URI is in the table subscriber, -1 when not; flag 1 takes the domain of the URI, else it is the configured realm'),
];
