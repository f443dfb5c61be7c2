import { digestAlgorithm, type DigestAlgorithm } from './algorithm.ts';
import { malformed, parseDigestParams, quoteString, type AuthValueFailure } from './auth-params.ts';

/** Quality of protection: whether the response covers the body too (RFC 7616 §3.3). */
export type Qop = 'auth' | 'auth-int';

/**
 * An Authorization or Proxy-Authorization value of the Digest scheme (RFC 3261 §20.7, §20.28). Texts
 * are unescaped wire text: one character a byte, so a name in UTF-8 must be decoded before it is
 * shown or looked up. `nc` is the text as sent, for it goes into the hash.
 */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly cnonce: string | undefined;
  readonly opaque: string | undefined;
  readonly qop: Qop | undefined;
  readonly nc: string | undefined;
}

/**
 * Reads one header value. Parameters that we do not use are passed over (RFC 7616 §3.4). Quotes
 * around `algorithm`, `qop` and `nc` are tolerated, as are bare values where quotes belong.
 * `unsupported` is an algorithm or qop that we never offered.
 */
export function parseCredentials(value: string): DigestCredentials | AuthValueFailure {
  const params = parseDigestParams(value);
  if ('failure' in params) return params;
  const username = params.get('username');
  const realm = params.get('realm');
  const nonce = params.get('nonce');
  const uri = params.get('uri');
  const response = params.get('response');
  if (username === undefined || realm === undefined || nonce === undefined) {
    return malformed('username, realm or nonce is missing');
  }
  if (uri === undefined || response === undefined) return malformed('uri or response is missing');
  const algorithm = digestAlgorithm(params.get('algorithm'));
  if (algorithm === undefined) return { failure: 'unsupported', reason: 'the algorithm is not MD5 or SHA-256' };
  const qop = params.get('qop')?.toLowerCase();
  if (qop !== undefined && qop !== 'auth' && qop !== 'auth-int') {
    return { failure: 'unsupported', reason: 'the qop is not auth or auth-int' };
  }
  const nc = params.get('nc');
  const cnonce = params.get('cnonce');
  if (nc !== undefined && !isNonceCount(nc)) return malformed('nc is not a hexadecimal number');
  // RFC 7616 §3.4: both must be there with qop; without them the response cannot be checked.
  if (qop !== undefined && (nc === undefined || cnonce === undefined)) return malformed('qop without nc or cnonce');
  const opaque = params.get('opaque');
  return { username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc };
}

/** The header value of `credentials`, quoted as RFC 3261 §25.1 asks. */
export function formatCredentials(credentials: DigestCredentials): string {
  const { username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc } = credentials;
  let value = `Digest username=${quoteString(username)}, realm=${quoteString(realm)}, nonce=${quoteString(nonce)}`;
  value += `, uri=${quoteString(uri)}, response=${quoteString(response)}, algorithm=${algorithm}`;
  if (cnonce !== undefined) value += `, cnonce=${quoteString(cnonce)}`;
  if (opaque !== undefined) value += `, opaque=${quoteString(opaque)}`;
  if (qop !== undefined) value += `, qop=${qop}`;
  if (nc !== undefined) value += `, nc=${nc}`;
  return value;
}

/**
 * The first of several header values that is a Digest answer for `realm` (RFC 3261 §22.3: a request
 * may carry credentials for several proxies; realms are compared byte by byte). Values that we
 * cannot read or use are passed over, as if they were for somebody else.
 */
export function findCredentials(values: readonly string[], realm: string): DigestCredentials | undefined {
  for (const value of values) {
    const credentials = parseCredentials(value);
    if (!('failure' in credentials) && credentials.realm === realm) return credentials;
  }
  return undefined;
}

/** The user and the domain of a digest username; phones write `alice` or `alice@sip.example`. */
export function splitUsername(username: string): { readonly user: string; readonly domain: string | undefined } {
  const at = username.indexOf('@');
  if (at < 0) return { user: username, domain: undefined };
  return { user: username.slice(0, at), domain: username.slice(at + 1) };
}

/** 8LHEX, but one to eight digits in any case: some phones send `nc=1`. */
function isNonceCount(text: string): boolean {
  if (text.length === 0 || text.length > 8) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (!'0123456789abcdefABCDEF'.includes(text[at]!)) return false;
  }
  return true;
}
