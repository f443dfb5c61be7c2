import { AT, CLOSE_BRACKET, COLON, OPEN_BRACKET, PERCENT, QUESTION, SEMICOLON, isDigit, isHex, isHost, isUri, isUser } from '../grammar/characters.ts';
import { parseDecimal } from '../grammar/scan.ts';

export type UriScheme = 'sip' | 'sips' | 'tel' | 'other';

/**
 * A parsed URI (§19.1). The parts are the text as it came, escapes and all: two spellings of one
 * user are compared by `canonicalUser`, never by these.
 */
export interface Uri {
  readonly text: string;
  readonly scheme: UriScheme;
  /** User part without the password, '' when there is none; for tel URIs the number. */
  readonly user: string;
  readonly password: string;
  /** Host as it came, IPv6 with its brackets; '' for tel and unknown schemes. */
  readonly host: string;
  /** Port, 0 when it is not given. */
  readonly port: number;
  /** Parameters with their leading ';', or ''. */
  readonly params: string;
  /** Headers without the '?', or ''. */
  readonly headers: string;
}

/**
 * Parses a URI, or returns undefined when it is none. A scheme other than sip, sips and tel is
 * accepted as 'other' with nothing taken apart: whether it can be used is the caller's question.
 */
export function parseUri(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  const scheme = schemeOf(text, colon);
  if (scheme === undefined) return undefined;
  if (scheme === 'other') return hasOnlyUriCharacters(text, colon + 1) ? bare(text, scheme) : undefined;
  if (scheme === 'tel') return parseTel(text, colon + 1);
  return parseSip(text, colon + 1, scheme);
}

function bare(text: string, scheme: UriScheme): Uri {
  return { text, scheme, user: '', password: '', host: '', port: 0, params: '', headers: '' };
}

function schemeOf(text: string, colon: number): UriScheme | undefined {
  const c0 = text.charCodeAt(0) | 0x20;
  const c1 = text.charCodeAt(1) | 0x20;
  const c2 = text.charCodeAt(2) | 0x20;
  if (colon === 3) {
    if (c0 === 0x73 && c1 === 0x69 && c2 === 0x70) return 'sip';
    if (c0 === 0x74 && c1 === 0x65 && c2 === 0x6c) return 'tel';
  }
  if (colon === 4 && c0 === 0x73 && c1 === 0x69 && c2 === 0x70 && (text.charCodeAt(3) | 0x20) === 0x73) return 'sips';
  // scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
  if (c0 < 0x61 || c0 > 0x7a) return undefined;
  for (let at = 1; at < colon; at += 1) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    if (!(lower >= 0x61 && lower <= 0x7a) && !isDigit(code) && code !== 0x2b && code !== 0x2d && code !== 0x2e) return undefined;
  }
  return 'other';
}

function hasOnlyUriCharacters(text: string, from: number): boolean {
  if (from >= text.length) return false;
  for (let at = from; at < text.length; at += 1) if (!isUri(text.charCodeAt(at))) return false;
  return true;
}

function parseTel(text: string, at: number): Uri | undefined {
  if (!hasOnlyUriCharacters(text, at)) return undefined;
  const semicolon = text.indexOf(';', at);
  const end = semicolon < 0 ? text.length : semicolon;
  if (end === at) return undefined;
  return { text, scheme: 'tel', user: text.slice(at, end), password: '', host: '', port: 0, params: text.slice(end), headers: '' };
}

function parseSip(text: string, at: number, scheme: 'sip' | 'sips'): Uri | undefined {
  let user = '';
  let password = '';
  const atSign = text.indexOf('@', at);
  if (atSign >= 0) {
    // An '@' further back belongs to the parameters or headers when the host part ended before it.
    if (!isUserInfo(text, at, atSign)) return undefined;
    const colon = text.indexOf(':', at);
    const userEnd = colon >= 0 && colon < atSign ? colon : atSign;
    if (userEnd === at) return undefined;
    user = text.slice(at, userEnd);
    if (userEnd < atSign) password = text.slice(userEnd + 1, atSign);
    at = atSign + 1;
  }
  const hostEnd = skipHost(text, at);
  if (hostEnd <= at) return undefined;
  const host = text.slice(at, hostEnd);
  let port = 0;
  at = hostEnd;
  if (text.charCodeAt(at) === COLON) {
    const portStart = at + 1;
    at = portStart;
    while (isDigit(text.charCodeAt(at))) at += 1;
    port = parseDecimal(text, portStart, at, 65535);
    if (port <= 0) return undefined;
  }
  let params = '';
  let headers = '';
  if (text.charCodeAt(at) === SEMICOLON) {
    const question = text.indexOf('?', at);
    const end = question < 0 ? text.length : question;
    if (!isTail(text, at, end)) return undefined;
    params = text.slice(at, end);
    at = end;
  }
  if (text.charCodeAt(at) === QUESTION) {
    if (at + 1 === text.length || !isTail(text, at + 1, text.length)) return undefined;
    headers = text.slice(at + 1);
    at = text.length;
  }
  return at === text.length ? { text, scheme, user, password, host, port, params, headers } : undefined;
}

function isUserInfo(text: string, at: number, end: number): boolean {
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!isUser(code)) return false;
    if (code === PERCENT && !(isHex(text.charCodeAt(at + 1)) && isHex(text.charCodeAt(at + 2)))) return false;
  }
  return true;
}

function isTail(text: string, at: number, end: number): boolean {
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!isUri(code) || code === AT) return false;
  }
  return true;
}

/** The offset behind the host that starts at `at`, or -1. Names, IPv4 and IPv6 in brackets. */
export function skipHost(text: string, at: number, limit = text.length): number {
  if (text.charCodeAt(at) === OPEN_BRACKET) {
    let colons = 0;
    for (let i = at + 1; i < limit; i += 1) {
      const code = text.charCodeAt(i);
      if (code === CLOSE_BRACKET) return colons < 2 ? -1 : i + 1;
      if (code === COLON) colons += 1;
      // Hexadecimal digits, ':' and the dots of an embedded IPv4 address.
      if (!isHex(code) && code !== COLON && code !== 0x2e) return -1;
    }
    return -1;
  }
  let i = at;
  while (i < limit && isHost(text.charCodeAt(i))) i += 1;
  return i;
}

/** Host for sockets and look-ups: lower case, IPv6 without brackets. */
export function plainHost(host: string): string {
  return host.charCodeAt(0) === OPEN_BRACKET ? host.slice(1, -1).toLowerCase() : host.toLowerCase();
}

/** Host for a URI or Via: an IPv6 address gets its brackets. */
export function bracketHost(address: string): string {
  return address.includes(':') && address.charCodeAt(0) !== OPEN_BRACKET ? `[${address}]` : address;
}

/** The value of a URI parameter: '' when it has none, undefined when it is not there. */
export function uriParameter(uri: Uri, name: string): string | undefined {
  if (uri.params === '') return undefined;
  for (const part of uri.params.split(';')) {
    const equals = part.indexOf('=');
    if ((equals < 0 ? part : part.slice(0, equals)).toLowerCase() === name) return equals < 0 ? '' : part.slice(equals + 1);
  }
  return undefined;
}

/** Undoes %-escapes; a broken escape stays as it is. The result is one-byte text. */
export function unescapeUri(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The URI without parameters that say how to reach a user rather than who it is: `sip:user@host`. */
export function addressOfRecord(uri: Uri): string {
  const host = plainHost(uri.host);
  return uri.scheme === 'tel' ? `tel:${uri.user}` : `sip:${uri.user === '' ? '' : `${unescapeUri(uri.user)}@`}${bracketHost(host)}`;
}
