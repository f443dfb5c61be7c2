import { COLON, COMMA, SLASH, isDigit } from '../grammar/characters.ts';
import { walkParameters } from '../grammar/parameters.ts';
import { equalsIgnoringCase, parseDecimal, skipBlanks, skipToken } from '../grammar/scan.ts';
import { skipHost } from '../uri/uri.ts';

/** One Via value (RFC 3261 §20.42). Offsets point into the message's text, so that edits can be made in place. */
export class Via {
  /** `UDP`, `TCP`, …, as it came. */
  transport = '';
  /** Host of sent-by as it came, IPv6 with brackets. */
  host = '';
  /** Port of sent-by, 0 when it is not given. */
  port = 0;
  branch = '';
  /** Value of `received`, '' when it is not there. */
  received = '';
  receivedStart = 0;
  /** Value of `rport`; 0 for `rport` without a value, -1 when it is not there (RFC 3581). */
  rport = -1;
  maddr = '';
  /** Where the value starts: the first character of `SIP/2.0/…`. */
  start = 0;
  /** Behind the last character of its parameters. */
  end = 0;
  /** Behind the name `rport`, where `=port` is added; -1 when there is no `rport`. */
  rportEnd = -1;
  /** True when a comma and a further Via follow in the same header field. */
  followed = false;
}

/** The name of the protocol; other versions are refused with 505 by the caller, not here. */
const PROTOCOL = 'sip';

/** Parses the Via that starts at `at`, or returns undefined. The header field's value ends at `end`. */
export function parseVia(text: string, at: number, end: number): Via | undefined {
  const via = new Via();
  at = skipBlanks(text, at, end);
  via.start = at;

  const nameEnd = skipToken(text, at, end);
  if (!equalsIgnoringCase(text, at, nameEnd, PROTOCOL)) return undefined;
  at = skipSlash(text, nameEnd, end);
  if (at < 0) return undefined;
  const versionEnd = skipToken(text, at, end);
  if (versionEnd === at) return undefined;
  at = skipSlash(text, versionEnd, end);
  if (at < 0) return undefined;
  const transportEnd = skipToken(text, at, end);
  if (transportEnd === at) return undefined;
  via.transport = text.slice(at, transportEnd);

  const hostStart = skipBlanks(text, transportEnd, end);
  if (hostStart === transportEnd) return undefined;
  const hostEnd = skipHost(text, hostStart, end);
  if (hostEnd <= hostStart) return undefined;
  via.host = text.slice(hostStart, hostEnd);
  at = skipBlanks(text, hostEnd, end);
  if (at < end && text.charCodeAt(at) === COLON) {
    const portStart = skipBlanks(text, at + 1, end);
    at = portStart;
    while (at < end && isDigit(text.charCodeAt(at))) at += 1;
    via.port = parseDecimal(text, portStart, at, 65535);
    if (via.port <= 0) return undefined;
  }

  via.end = at > hostEnd && text.charCodeAt(at - 1) <= 0x20 ? hostEnd : at;
  let wellFormed = true;
  const stop = walkParameters(text, at, end, (nameStart, paramNameEnd, valueStart, valueEnd) => {
    via.end = valueStart < 0 ? paramNameEnd : valueEnd;
    if (!readParameter(via, text, nameStart, paramNameEnd, valueStart, valueEnd)) wellFormed = false;
  });
  if (stop < 0 || !wellFormed) return undefined;
  via.followed = stop < end && text.charCodeAt(stop) === COMMA;
  return via;
}

function readParameter(via: Via, text: string, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): boolean {
  switch (text.charCodeAt(nameStart) | 0x20) {
    case 0x62: // b
      if (valueStart >= 0 && equalsIgnoringCase(text, nameStart, nameEnd, 'branch')) via.branch = text.slice(valueStart, valueEnd);
      return true;
    case 0x6d: // m
      if (valueStart >= 0 && equalsIgnoringCase(text, nameStart, nameEnd, 'maddr')) via.maddr = text.slice(valueStart, valueEnd);
      return true;
    case 0x72: // r
      if (equalsIgnoringCase(text, nameStart, nameEnd, 'rport')) {
        via.rportEnd = nameEnd;
        via.rport = valueStart < 0 ? 0 : parseDecimal(text, valueStart, valueEnd, 65535);
        return valueStart < 0 || via.rport > 0;
      }
      if (valueStart >= 0 && equalsIgnoringCase(text, nameStart, nameEnd, 'received')) {
        via.received = text.slice(valueStart, valueEnd);
        via.receivedStart = valueStart;
      }
      return true;
    default:
      return true;
  }
}

function skipSlash(text: string, at: number, end: number): number {
  at = skipBlanks(text, at, end);
  if (at >= end || text.charCodeAt(at) !== SLASH) return -1;
  return skipBlanks(text, at + 1, end);
}

/** Branches made by RFC 3261 clients start with this; others are matched as RFC 2543 did (§17.2.3). */
export const MAGIC_COOKIE = 'z9hG4bK';

/** True when the branch identifies a transaction by itself (§8.1.1.7): the cookie and something after it. */
export function hasMagicCookie(branch: string): boolean {
  return branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE);
}
