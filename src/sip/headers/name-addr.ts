import { COMMA, GREATER, LESS, QUESTION, QUOTE, SEMICOLON, SPACE, isToken, isUri } from '../grammar/characters.ts';
import { findParameter, walkParameters } from '../grammar/parameters.ts';
import { skipBlanks, skipQuoted, trimEnd, unquote } from '../grammar/scan.ts';
import { parseUri, type Uri } from '../uri/uri.ts';

/**
 * A `name-addr` or `addr-spec` with header parameters: From, To, Contact, Route, Record-Route,
 * Path, Refer-To (RFC 3261 §20.10). Nothing but the bounds is worked out until it is asked for.
 */
export class NameAddr {
  readonly #text: string;
  /** First character of the value (display name, '<' or URI). */
  readonly start: number;
  /** Behind the last character of the value and its parameters. */
  readonly end: number;
  readonly #displayEnd: number;
  readonly uriStart: number;
  readonly uriEnd: number;
  readonly #paramsStart: number;
  /** True when the URI stands in angle brackets. */
  readonly bracketed: boolean;
  #uri: Uri | undefined | null = null;
  #tag: string | undefined | null = null;

  constructor(text: string, start: number, end: number, displayEnd: number, uriStart: number, uriEnd: number, paramsStart: number, bracketed: boolean) {
    this.#text = text;
    this.start = start;
    this.end = end;
    this.#displayEnd = displayEnd;
    this.uriStart = uriStart;
    this.uriEnd = uriEnd;
    this.#paramsStart = paramsStart;
    this.bracketed = bracketed;
  }

  /** The whole value as it came. */
  get text(): string {
    return this.#text.slice(this.start, this.end);
  }

  /** Display name without quotes and escapes, '' when there is none. */
  get displayName(): string {
    return unquote(this.rawDisplayName);
  }

  /** Display name as it came, with its quotes. */
  get rawDisplayName(): string {
    return this.#text.slice(this.start, this.#displayEnd);
  }

  get uriText(): string {
    return this.#text.slice(this.uriStart, this.uriEnd);
  }

  /** The parsed URI, undefined when its syntax is wrong. */
  get uri(): Uri | undefined {
    if (this.#uri === null) this.#uri = parseUri(this.uriText);
    return this.#uri;
  }

  /** Header parameters with their leading ';', or ''. */
  get params(): string {
    return this.#text.slice(this.#paramsStart, this.end);
  }

  /** The value of a header parameter: '' when it has none, undefined when it is not there. */
  param(name: string): string | undefined {
    return this.#paramsStart === this.end ? undefined : findParameter(this.params, name);
  }

  /** The `tag` parameter, undefined when it is not there. */
  get tag(): string | undefined {
    if (this.#tag === null) this.#tag = this.param('tag');
    return this.#tag;
  }
}

/** Parses one value that starts at `at`; its header field's value ends at `end`. Undefined for a syntax error. */
export function parseNameAddr(text: string, at: number, end: number): NameAddr | undefined {
  const start = skipBlanks(text, at, end);
  if (start >= end) return undefined;
  let displayEnd = start;
  at = start;
  if (text.charCodeAt(at) === QUOTE) {
    displayEnd = skipQuoted(text, at, end);
    if (displayEnd < 0) return undefined;
    at = skipBlanks(text, displayEnd, end);
    if (text.charCodeAt(at) !== LESS) return undefined;
  } else if (text.charCodeAt(at) !== LESS) {
    const bracket = findBracket(text, at, end);
    if (bracket < 0) return parseAddrSpec(text, start, end);
    displayEnd = trimEnd(text, start, bracket);
    if (!isUnquotedDisplayName(text, start, displayEnd)) return undefined;
    at = bracket;
  }
  const uriStart = at + 1;
  const uriEnd = text.indexOf('>', uriStart);
  if (uriEnd < 0 || uriEnd >= end || uriEnd === uriStart || !isUriText(text, uriStart, uriEnd)) return undefined;
  return finish(text, start, displayEnd, uriStart, uriEnd, uriEnd + 1, end, true);
}

/** Offset of the '<' of a name-addr whose display name is unquoted, or -1 when the value is an addr-spec. */
function findBracket(text: string, at: number, end: number): number {
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LESS) return at;
    if (code === COMMA || code === SEMICOLON || code === QUOTE || code === GREATER) return -1;
  }
  return -1;
}

/** display-name = *(token LWS); UTF-8 beyond it is let through, since phones send it. */
function isUnquotedDisplayName(text: string, at: number, end: number): boolean {
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!isToken(code) && code > SPACE && code < 0x80) return false;
  }
  return true;
}

/**
 * A URI without brackets: its own parameters cannot be told from the header's, so ';' ends it, and
 * ',' and '?' must not be in it (§20).
 */
function parseAddrSpec(text: string, start: number, end: number): NameAddr | undefined {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === SEMICOLON || code === COMMA || code <= SPACE) break;
    if (code === QUESTION || !isUri(code)) return undefined;
    at += 1;
  }
  return at === start ? undefined : finish(text, start, start, start, at, at, end, false);
}

function isUriText(text: string, at: number, end: number): boolean {
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    // Blanks and quotes never belong in a URI (RFC 4475 §3.1.2.14); the fine print is parseUri's.
    if (code <= SPACE || code === QUOTE || code === LESS) return false;
  }
  return true;
}

function finish(text: string, start: number, displayEnd: number, uriStart: number, uriEnd: number, at: number, end: number, bracketed: boolean): NameAddr | undefined {
  const paramsStart = at;
  let paramsEnd = at;
  const stop = walkParameters(text, at, end, (_nameStart, nameEnd, valueStart, valueEnd) => {
    paramsEnd = valueStart < 0 ? nameEnd : valueEnd;
  });
  if (stop < 0) return undefined;
  return new NameAddr(text, start, paramsEnd, displayEnd, uriStart, uriEnd, paramsEnd === at ? paramsEnd : paramsStart, bracketed);
}

/** Parses a comma-separated list into `into`; false when any value is wrong. */
export function parseNameAddrList(text: string, at: number, end: number, into: NameAddr[]): boolean {
  for (;;) {
    const value = parseNameAddr(text, at, end);
    if (value === undefined) return false;
    into.push(value);
    at = skipBlanks(text, value.end, end);
    if (at >= end) return true;
    if (text.charCodeAt(at) !== COMMA) return false;
    at += 1;
  }
}
