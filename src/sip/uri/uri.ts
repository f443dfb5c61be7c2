import { AT, CLOSE_BRACKET, COLON, EQUALS, OPEN_BRACKET, PERCENT, QUESTION, SEMICOLON, isDigit, isHex, isHost, isUri, isUser } from '../grammar/characters.ts';
import { equalsIgnoringCase, parseDecimal } from '../grammar/scan.ts';

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
  if (!bounds.read(text, 0, text.length)) return undefined;
  const { scheme, start, userEnd, userInfoEnd, hostStart, hostEnd, port, paramsEnd } = bounds;
  switch (scheme) {
    case 'other':
      return { text, scheme, user: '', password: '', host: '', port: 0, params: '', headers: '' };
    case 'tel':
      return { text, scheme, user: text.slice(start, userEnd), password: '', host: '', port: 0, params: text.slice(userEnd), headers: '' };
    default:
      return {
        text,
        scheme,
        user: text.slice(start, userEnd),
        password: userEnd < userInfoEnd ? text.slice(userEnd + 1, userInfoEnd) : '',
        host: text.slice(hostStart, hostEnd),
        port,
        params: text.slice(bounds.paramsStart, paramsEnd),
        headers: text.slice(paramsEnd + 1),
      };
  }
}

/**
 * The scheme of the URI in [start, end), undefined when it is none: all that most messages are asked of From and To,
 * and nothing is cut out for it.
 */
export function uriSchemeIn(text: string, start: number, end: number): UriScheme | undefined {
  return bounds.read(text, start, end) ? bounds.scheme : undefined;
}

/** After a `read` that found a URI: where its parts are. */
class UriBounds {
  scheme: UriScheme = 'other';
  /** Behind the ':' of the scheme, where the user begins. */
  start = 0;
  /** Behind the user; `start` where there is none. */
  userEnd = 0;
  /** Behind the password, if there is one. */
  userInfoEnd = 0;
  hostStart = 0;
  hostEnd = 0;
  port = 0;
  paramsStart = 0;
  paramsEnd = 0;

  /** True when [start, end) is a URI. */
  read(text: string, start: number, end: number): boolean {
    const colon = text.indexOf(':', start);
    if (colon <= start || colon >= end) return false;
    const scheme = schemeOf(text, start, colon);
    if (scheme === undefined) return false;
    this.scheme = scheme;
    this.start = colon + 1;
    switch (scheme) {
      case 'other':
        return hasOnlyUriCharacters(text, this.start, end);
      case 'tel':
        return hasOnlyUriCharacters(text, this.start, end) && this.#readNumber(text, end);
      default:
        return this.#readUserInfo(text, end) && this.#readHostPort(text, end) && this.#readTail(text, end);
    }
  }

  #readNumber(text: string, end: number): boolean {
    const semicolon = text.indexOf(';', this.start);
    this.userEnd = semicolon < 0 || semicolon > end ? end : semicolon;
    return this.userEnd > this.start;
  }

  #readUserInfo(text: string, end: number): boolean {
    const { start } = this;
    const atSign = text.indexOf('@', start);
    if (atSign < 0 || atSign >= end) {
      this.userEnd = this.userInfoEnd = this.hostStart = start;
      return true;
    }
    // An '@' further back belongs to the parameters or headers when the host part ended before it.
    let colon = -1;
    for (let at = start; at < atSign; at += 1) {
      const code = text.charCodeAt(at);
      if (!isUser(code)) return false;
      if (code === COLON && colon < 0) colon = at;
      if (code === PERCENT && !(isHex(text.charCodeAt(at + 1)) && isHex(text.charCodeAt(at + 2)))) return false;
    }
    this.userEnd = colon < 0 ? atSign : colon;
    this.userInfoEnd = atSign;
    this.hostStart = atSign + 1;
    return this.userEnd > start;
  }

  #readHostPort(text: string, end: number): boolean {
    const hostEnd = skipHost(text, this.hostStart, end);
    if (hostEnd <= this.hostStart) return false;
    this.hostEnd = hostEnd;
    this.port = 0;
    this.paramsStart = hostEnd;
    if (hostEnd === end || text.charCodeAt(hostEnd) !== COLON) return true;
    let at = hostEnd + 1;
    while (at < end && isDigit(text.charCodeAt(at))) at += 1;
    this.port = parseDecimal(text, hostEnd + 1, at, 65535);
    this.paramsStart = at;
    return this.port > 0;
  }

  /** Parameters and headers. */
  #readTail(text: string, end: number): boolean {
    let at = this.paramsStart;
    if (at < end && text.charCodeAt(at) === SEMICOLON) at = skipTail(text, at, end, QUESTION);
    this.paramsEnd = at;
    if (at === end) return true;
    return text.charCodeAt(at) === QUESTION && at + 1 < end && skipTail(text, at + 1, end, NOTHING) === end;
  }
}

/** One for all: nothing else is read while a URI is. */
const bounds = new UriBounds();

function schemeOf(text: string, start: number, colon: number): UriScheme | undefined {
  const c0 = text.charCodeAt(start) | 0x20;
  const c1 = text.charCodeAt(start + 1) | 0x20;
  const c2 = text.charCodeAt(start + 2) | 0x20;
  const length = colon - start;
  if (length === 3) {
    if (c0 === 0x73 && c1 === 0x69 && c2 === 0x70) return 'sip';
    if (c0 === 0x74 && c1 === 0x65 && c2 === 0x6c) return 'tel';
  }
  if (length === 4 && c0 === 0x73 && c1 === 0x69 && c2 === 0x70 && (text.charCodeAt(start + 3) | 0x20) === 0x73) return 'sips';
  // scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
  if (c0 < 0x61 || c0 > 0x7a) return undefined;
  for (let at = start + 1; at < colon; at += 1) {
    const code = text.charCodeAt(at);
    const lower = code | 0x20;
    if (!(lower >= 0x61 && lower <= 0x7a) && !isDigit(code) && code !== 0x2b && code !== 0x2d && code !== 0x2e) return undefined;
  }
  return 'other';
}

function hasOnlyUriCharacters(text: string, from: number, end: number): boolean {
  if (from >= end) return false;
  for (let at = from; at < end; at += 1) if (!isUri(text.charCodeAt(at))) return false;
  return true;
}

const NOTHING = -1;

/** The offset of the first character at or after `at` that is `stop`, an '@' or none of a URI. */
function skipTail(text: string, at: number, end: number, stop: number): number {
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!isUri(code) || code === AT || code === stop) break;
  }
  return at;
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

/** The value of a URI parameter: '' when it has none, undefined when it is not there. `name` is in lower case. */
export function uriParameter(uri: Uri, name: string): string | undefined {
  const { params } = uri;
  for (let start = 0; start < params.length; ) {
    const semicolon = params.indexOf(';', start);
    const end = semicolon < 0 ? params.length : semicolon;
    const nameEnd = start + name.length;
    if (nameEnd <= end && equalsIgnoringCase(params, start, nameEnd, name)) {
      if (nameEnd === end) return '';
      if (params.charCodeAt(nameEnd) === EQUALS) return params.slice(nameEnd + 1, end);
    }
    start = end + 1;
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
