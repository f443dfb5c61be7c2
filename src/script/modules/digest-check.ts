import type { DigestSecrets } from '../../sip/auth/algorithm.ts';
import { Attempt, type AuthenticatedRequest } from '../../sip/auth/authenticator.ts';
import { parseCredentials, splitUsername, type DigestCredentials } from '../../sip/auth/credentials.ts';
import { AUTH_RESULT_CODES, type AuthResult } from '../../sip/auth/result.ts';
import { AUTHORIZATION, PROXY_AUTHORIZATION } from '../../sip/headers/header-id.ts';
import { plainHost, unescapeUri, type Uri } from '../../sip/uri/uri.ts';
import type { RouteContext } from '../route-context.ts';

/** The header field that credentials are read from. */
export type AuthorizationHeader = typeof AUTHORIZATION | typeof PROXY_AUTHORIZATION;

/** Bits of the identity checks of `auth_check` and `pv_auth_check`. */
export const CHECK_IDENTITY = 1;
/** No identity check for requests that others forward on behalf of a user. */
export const SKIP_FORWARDED = 2;

const FORWARDED_METHODS: ReadonlySet<string> = new Set(['INVITE', 'BYE', 'PRACK', 'UPDATE', 'MESSAGE']);

interface Found {
  readonly credentials: DigestCredentials;
  /** Number of the header field. */
  readonly field: number;
}

/** The first Digest credentials for the realm (RFC 3261 §22.3); undefined when there are none that can be read. */
export function findCredentials(route: RouteContext, realm: string, header: AuthorizationHeader): Found | undefined {
  const { message } = route;
  for (let field = message.findField(header); field >= 0; field = message.findField(header, field + 1)) {
    const credentials = parseCredentials(message.fieldValue(field));
    if (!('failure' in credentials) && credentials.realm === realm) return { credentials, field };
  }
  return undefined;
}

/** Who answers a challenge of a proxy uses Proxy-Authorization, who registers Authorization. */
export function headerFor(route: RouteContext): AuthorizationHeader {
  return route.message.method === 'REGISTER' ? AUTHORIZATION : PROXY_AUTHORIZATION;
}

/** ACK and CANCEL cannot be sent again with credentials, so they are never asked for any (RFC 3261 §22.1). */
export function cannotBeChallenged(route: RouteContext): boolean {
  return route.message.method === 'ACK' || route.message.method === 'CANCEL';
}

export interface CheckOptions {
  readonly realm: string;
  readonly header: AuthorizationHeader;
  /** The method that the credentials were made for. */
  readonly method: string;
  /** `CHECK_IDENTITY` and `SKIP_FORWARDED`. */
  readonly checks: number;
}

/** One check of the credentials of a request, up to the point where the stored secrets are needed. */
export class DigestCheck {
  readonly credentials: DigestCredentials;
  readonly request: AuthenticatedRequest;
  readonly #route: RouteContext;
  readonly #attempt: Attempt;
  readonly #field: number;
  readonly #checks: number;

  private constructor(route: RouteContext, attempt: Attempt, request: AuthenticatedRequest, field: number, checks: number) {
    this.credentials = attempt.credentials;
    this.request = request;
    this.#route = route;
    this.#attempt = attempt;
    this.#field = field;
    this.#checks = checks;
  }

  /** The check, or the code for the script when it ends here already. */
  static begin(route: RouteContext, options: CheckOptions): DigestCheck | number {
    const found = findCredentials(route, options.realm, options.header);
    if (found === undefined) return conclude(route, 'no-credentials');
    const { message, source } = route;
    const request = { method: options.method, body: message.body, requestUri: message.requestUriText, sourceAddress: source.address };
    const attempt = route.services.modules.auth.authenticator.begin(found.credentials, request);
    if (!(attempt instanceof Attempt)) return conclude(route, attempt);
    return new DigestCheck(route, attempt, request, found.field, options.checks);
  }

  /** The code for the script. `secrets` is what is stored of the user, undefined for a user who does not exist. */
  finish(secrets: DigestSecrets | undefined): number {
    const route = this.#route;
    const { username, realm } = this.credentials;
    const result = this.#attempt.finish(secrets);
    if (result !== 'ok') return conclude(route, result, username);
    const { user } = splitUsername(username);
    if ((this.#checks & CHECK_IDENTITY) !== 0 && isSomebodyElse(route, user, this.#checks)) return conclude(route, 'user-mismatch', username);
    route.authUser = user;
    route.authRealm = realm;
    route.locals.authorizedField = this.#field;
    return conclude(route, 'ok');
  }
}

function conclude(route: RouteContext, result: AuthResult, username?: string): number {
  route.locals.authResult = result;
  if (result === 'bad-password' || result === 'unknown-user' || result === 'user-mismatch') {
    const { logger, modules } = route.services;
    modules.counters.authRejected.value += 1;
    logger.info('credentials rejected', { result, user: username, address: route.source.address, callId: route.callId });
  }
  return AUTH_RESULT_CODES[result];
}

/** Whether the request speaks for another user than its credentials (KEMI: code -8). */
function isSomebodyElse(route: RouteContext, user: string, checks: number): boolean {
  const { message } = route;
  const { method } = message;
  const from = message.from?.uri;
  const registers = method === 'REGISTER' || method === 'PUBLISH';
  const named = registers ? message.to?.uri : from;
  if (from === undefined || named === undefined) return true;
  const skipped = (checks & SKIP_FORWARDED) !== 0 && FORWARDED_METHODS.has(method);
  if (!skipped && unescapeUri(named.user) !== user) return true;
  if (!registers) return false;
  if (!isSameUser(from, named)) return true;
  return method === 'PUBLISH' && (message.requestUri === undefined || !isSameUser(from, message.requestUri));
}

function isSameUser(a: Uri, b: Uri): boolean {
  return unescapeUri(a.user) === unescapeUri(b.user) && plainHost(a.host) === plainHost(b.host);
}
