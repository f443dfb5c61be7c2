import { randomHex } from '../base/ids.ts';
import { isToken } from '../sip/grammar/characters.ts';
import { canonicalName } from '../sip/headers/header-id.ts';
import { AGENT_HEADERS, NOT_SINGLE } from '../sip/message/single-request.ts';
import { parseUri } from '../sip/uri/uri.ts';
import { isWholeHeaderLines } from './header-name.ts';
import type { RequestField, RequestFields } from './modules/request-fields.ts';
import type { OutgoingRequest } from './ports.ts';
import { integerOf } from './pseudo-variables/pseudo-variable.ts';
import type { OwnNames } from './services.ts';

/** Why a request is not sent: the field of `$uac_req` and what is wrong with it. */
export interface RequestProblem {
  readonly problem: string;
}

/** `flags`: the password is an HA1. */
const PASSWORD_IS_HASH = 1;

/** A request that is larger goes through no datagram. */
const MAX_BODY_BYTES = 60_000;

/**
 * The request that `$uac_req` describes. Everything in it is looked at, for a script makes such texts from
 * what strangers wrote: a header that is no whole line of its own, or one of ours, is refused, not repaired.
 */
export function ownRequest(fields: RequestFields, ownNames: OwnNames): OutgoingRequest | RequestProblem {
  const text = (name: RequestField): string => String(fields.get(name) ?? '');
  const requestUri = text('ruri');
  const request: OutgoingRequest = {
    method: text('method'),
    requestUri,
    fromUri: text('furi') || requestUri,
    toUri: text('turi') || requestUri,
    headers: text('hdrs'),
    body: text('body'),
    callId: text('callid') || randomHex(16),
    user: text('auser'),
    password: text('apasswd'),
    isHash: (integerOf(fields.get('flags') ?? null) & PASSWORD_IS_HASH) !== 0,
  };
  const problem = problemOf(request) ?? outboundProblem(text('ouri'), ownNames) ?? eventProblem(fields);
  return problem === undefined ? { ...request, headers: withContentType(request) } : { problem };
}

function problemOf({ method, requestUri, fromUri, toUri, headers, body, callId }: OutgoingRequest): string | undefined {
  if (method === '' || requestUri === '') return 'method and ruri must be set';
  if (![...method].every((character) => isToken(character.charCodeAt(0)))) return 'method is no token';
  if (NOT_SINGLE.has(method.toUpperCase())) return `${method} is not one request alone; calls are made by KSR.sipweet.call`;
  for (const [name, uri] of [['ruri', requestUri], ['furi', fromUri], ['turi', toUri]] as const) {
    if (!isSipUri(uri)) return `${name} is no SIP URI`;
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(callId)) return 'callid has blanks or characters that cannot stand there';
  if (body.length > MAX_BODY_BYTES) return `body has more than ${MAX_BODY_BYTES} bytes`;
  return headersProblem(headers);
}

function isSipUri(text: string): boolean {
  const scheme = parseUri(text)?.scheme;
  return scheme === 'sip' || scheme === 'sips';
}

function headersProblem(headers: string): string | undefined {
  if (headers === '') return undefined;
  // A folded line is whole too, but nobody needs one, and a value that begins with a blank would make one.
  if (!isWholeHeaderLines(headers) || /\r\n[ \t]/.test(headers) || /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(headers)) {
    return 'hdrs are not whole header lines, each with its CRLF';
  }
  const names = headers.split('\r\n').slice(0, -1).map((line) => canonicalName(line.slice(0, line.indexOf(':')).trimEnd()));
  const own = names.find((name) => AGENT_HEADERS.has(name));
  return own === undefined ? undefined : `hdrs have ${own}, which is written here`;
}

/** RFC 3261 §20.15: a body has a type. Scripts that send plain text leave it out. */
function withContentType({ headers, body }: OutgoingRequest): string {
  return body === '' || /(?:^|\r\n)(?:content-type|c)[ \t]*:/i.test(headers) ? headers : `${headers}Content-Type: text/plain\r\n`;
}

/** All requests go through our own routing, which is where scripts point `ouri` most of the time. */
function outboundProblem(ouri: string, ownNames: OwnNames): string | undefined {
  const uri = ouri === '' ? undefined : parseUri(ouri);
  if (ouri === '' || (uri !== undefined && ownNames.isOwnUri(uri))) return undefined;
  return 'ouri is not this service: requests go through its own routing, which says where to';
}

function eventProblem(fields: RequestFields): string | undefined {
  const evroute = integerOf(fields.get('evroute') ?? null);
  return evroute === 0 || evroute === 1 ? undefined : 'evroute is neither 0 nor 1';
}
