import { COLON, COMMA, SEMICOLON, SLASH, isDigit } from '../grammar/characters.ts';
import { ParameterReader } from '../grammar/parameters.ts';
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

/** One for all: nothing else is read while a Via is. */
const parameter = new ParameterReader();

/**
 * Parses the Via that starts at `at`, or returns undefined. The header field's value ends at `end`.
 * The version is not looked at: that of the start line counts.
 */
export function parseVia(text: string, at: number, end: number): Via | undefined {
  const via = new Via();
  at = skipBlanks(text, at, end);
  via.start = at;

  at = text.startsWith(USUAL_PROTOCOL, at) ? at + USUAL_PROTOCOL.length : skipProtocol(text, at, end);
  if (at < 0) return undefined;
  const transportEnd = skipToken(text, at, end);
  if (transportEnd === at) return undefined;
  via.transport = transportEnd - at === 3 && text.startsWith('UDP', at) ? 'UDP' : text.slice(at, transportEnd);

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

  via.end = via.port === 0 ? hostEnd : at;
  at = skipBlanks(text, at, end);
  while (at < end && text.charCodeAt(at) === SEMICOLON) {
    at = parameter.read(text, at, end);
    if (at < 0 || !noteParameter(via, text)) return undefined;
    via.end = parameter.end;
  }
  via.followed = at < end;
  return at === end || text.charCodeAt(at) === COMMA ? via : undefined;
}

/** How nearly every Via begins; other spellings take the long way. */
const USUAL_PROTOCOL = 'SIP/2.0/';

/** The offset of the transport in `SIP / 2.0 / UDP`, or -1. */
function skipProtocol(text: string, at: number, end: number): number {
  const nameEnd = skipToken(text, at, end);
  if (!equalsIgnoringCase(text, at, nameEnd, 'sip')) return -1;
  const version = skipSlash(text, nameEnd, end);
  if (version < 0) return -1;
  const versionEnd = skipToken(text, version, end);
  return versionEnd === version ? -1 : skipSlash(text, versionEnd, end);
}

/**
 * Keeps the parameters that routing reads. One of them twice makes the Via malformed (§7.3.1): the
 * next element might believe the other of two `received`.
 */
function noteParameter(via: Via, text: string): boolean {
  const { valueStart, valueEnd } = parameter;
  switch (text.charCodeAt(parameter.nameStart) | 0x20) {
    case 0x62: // b
      if (valueStart < 0 || !parameter.isNamed(text, 'branch')) return true;
      if (via.branch !== '') return false;
      via.branch = text.slice(valueStart, valueEnd);
      return true;
    case 0x6d: // m
      if (valueStart < 0 || !parameter.isNamed(text, 'maddr')) return true;
      if (via.maddr !== '') return false;
      via.maddr = text.slice(valueStart, valueEnd);
      return true;
    case 0x72: // r
      if (parameter.isNamed(text, 'rport')) {
        if (via.rportEnd >= 0) return false;
        via.rportEnd = parameter.nameEnd;
        via.rport = valueStart < 0 ? 0 : parseDecimal(text, valueStart, valueEnd, 65535);
        return valueStart < 0 || via.rport > 0;
      }
      if (valueStart < 0 || !parameter.isNamed(text, 'received')) return true;
      if (via.received !== '') return false;
      via.received = text.slice(valueStart, valueEnd);
      via.receivedStart = valueStart;
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
