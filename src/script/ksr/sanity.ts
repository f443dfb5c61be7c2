import { unsupportedExtensions } from '../../proxy/proxy-require.ts';
import { parseDigestParams } from '../../sip/auth/auth-params.ts';
import { AUTHORIZATION, EXPIRES, PROXY_AUTHORIZATION } from '../../sip/headers/header-id.ts';
import { walkParameters } from '../../sip/grammar/parameters.ts';
import { equalsIgnoringCase, parseDecimal } from '../../sip/grammar/scan.ts';
import type { NameAddr } from '../../sip/headers/name-addr.ts';
import type { SipMessage } from '../../sip/message/sip-message.ts';
import type { Uri } from '../../sip/uri/uri.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { logText } from './script-log.ts';
import { sendReply } from './sl.ts';

const { row } = rowsOf<RouteContext>('sanity');

/**
 * Bits of the first argument. Version (1), required headers (4), CSeq method (32) and number (64),
 * Content-Length (128) and the first Via (16384) hold for every message that reaches a script: the
 * parser answers 400 or 505 before. Via version (8) and protocol (16) check nothing in Kamailio either.
 */
const SCHEME = 2;
const EXPIRES_VALUE = 256;
const PROXY_REQUIRED = 512;
const URIS = 1024;
const DIGEST = 2048;
const DUPLICATE_TAGS = 4096;
const AUTHORIZATION_VALUE = 8192;

/** Bits of the second argument: which URIs are looked at. */
const REQUEST_URI = 1;
const FROM_URI = 2;
const TO_URI = 4;
const CONTACT_URI = 8;

/** Kamailio's defaults. */
const DEFAULT_CHECKS = 3047;
const DEFAULT_URI_CHECKS = 7;

const PASSED = 1;
const FAILED = -1;

/** What is wrong, and what the request is answered with. */
interface Fault {
  readonly status: number;
  readonly reason: string;
  /** Whole header lines for the answer. */
  readonly headers?: string;
}

const bad = (reason: string): Fault => ({ status: 400, reason });

function check(route: RouteContext, checks: number, uris: number): number {
  const fault = findFault(route.message, checks, uris);
  if (fault === undefined) return PASSED;
  logText(route, 'debug', `sanity: ${fault.reason}`);
  // A response is never answered, an ACK neither (sendReply sees to that).
  if (route.message.isRequest) {
    if (fault.headers !== undefined) route.replyHeaders += fault.headers;
    sendReply(route, fault.status, fault.reason);
  }
  return FAILED;
}

function findFault(message: SipMessage, checks: number, uris: number): Fault | undefined {
  let fault: Fault | undefined;
  if ((checks & SCHEME) !== 0 && message.isRequest) fault = schemeFault(message);
  if ((checks & EXPIRES_VALUE) !== 0) fault ??= expiresFault(message);
  if ((checks & PROXY_REQUIRED) !== 0 && message.isRequest) fault ??= proxyRequireFault(message);
  if ((checks & URIS) !== 0) fault ??= uriFault(message, uris);
  if ((checks & (DIGEST | AUTHORIZATION_VALUE)) !== 0) fault ??= credentialsFault(message, (checks & DIGEST) !== 0);
  if ((checks & DUPLICATE_TAGS) !== 0) fault ??= duplicateTagFault(message);
  return fault;
}

/** sip, sips and tel, and the urn of emergency services (RFC 5031), are what can be routed. */
function isKnownScheme(uri: Uri): boolean {
  return uri.scheme !== 'other' || isUrn(uri.text);
}

function isUrn(uriText: string): boolean {
  return equalsIgnoringCase(uriText, 0, 4, 'urn:');
}

/** RFC 4475 §3.3.2 and §3.3.3. */
function schemeFault(message: SipMessage): Fault | undefined {
  const uri = message.requestUri;
  return uri === undefined || isKnownScheme(uri) ? undefined : { status: 416, reason: 'Unsupported URI Scheme' };
}

/** Expires is below 2^32 (RFC 3261 §20.19). */
function expiresFault(message: SipMessage): Fault | undefined {
  const index = message.findField(EXPIRES);
  if (index < 0) return undefined;
  const value = parseDecimal(message.text, message.valueStart(index), message.valueEnd(index), 0xffff_ffff);
  return value < 0 ? bad('Expires is not a number') : undefined;
}

/** §16.3 step 5. */
function proxyRequireFault(message: SipMessage): Fault | undefined {
  const unsupported = unsupportedExtensions(message);
  return unsupported === undefined ? undefined : { status: 420, reason: 'Bad Extension', headers: `Unsupported: ${unsupported}\r\n` };
}

function uriFault(message: SipMessage, uris: number): Fault | undefined {
  if ((uris & REQUEST_URI) !== 0 && message.isRequest) {
    const uri = message.requestUri;
    if (uri === undefined) return bad('The Request-URI is malformed');
    // RFC 4475 §3.1.2.11: headers have no place in a Request-URI and must not become real ones.
    if (uri.headers !== '') return bad('The Request-URI has headers');
  }
  if ((uris & FROM_URI) !== 0 && !isUsable(message.from)) return bad('The From URI is malformed');
  if ((uris & TO_URI) !== 0 && !isUsable(message.to)) return bad('The To URI is malformed');
  if ((uris & CONTACT_URI) !== 0) {
    const { contacts } = message;
    if (contacts !== '*' && (contacts === undefined || !contacts.every(isUsable))) return bad('Contact is malformed');
  }
  return undefined;
}

function isUsable(address: NameAddr | undefined): boolean {
  const scheme = address?.uriScheme;
  return scheme !== undefined && (scheme !== 'other' || isUrn(address!.uriText));
}

/** @param digestOnly other schemes are a fault too */
function credentialsFault(message: SipMessage, digestOnly: boolean): Fault | undefined {
  for (const id of CREDENTIALS) {
    for (let index = message.findField(id); index >= 0; index = message.findField(id, index + 1)) {
      const params = parseDigestParams(message.fieldValue(index));
      if ('failure' in params) {
        if (digestOnly || params.failure !== 'other-scheme') return bad('The credentials are malformed');
      } else if (REQUIRED_PARAMETERS.some((name) => !params.has(name))) {
        return bad('The credentials are incomplete');
      }
    }
  }
  return undefined;
}

const CREDENTIALS = [AUTHORIZATION, PROXY_AUTHORIZATION];
const REQUIRED_PARAMETERS = ['username', 'realm', 'nonce', 'uri', 'response'];

function duplicateTagFault(message: SipMessage): Fault | undefined {
  return countTags(message.from) > 1 || countTags(message.to) > 1 ? bad('A tag stands twice') : undefined;
}

function countTags(address: NameAddr | undefined): number {
  const params = address?.params ?? '';
  let tags = 0;
  walkParameters(params, 0, params.length, (start, end) => {
    if (equalsIgnoringCase(params, start, end, 'tag')) tags += 1;
  });
  return tags;
}

export const sanityRows = [
  row('sanity_check', ['int', 'int'], 'int', check, 'Checks a message as the bits say (512 Proxy-Require, 1024 URIs, …); 1 passed, -1 not, and then a request was answered'),
  row('sanity_check_defaults', [], 'int', (route) => check(route, DEFAULT_CHECKS, DEFAULT_URI_CHECKS), 'Checks a message with bits 3047 and 7'),
];
