import { COMMA, GREATER, LESS, QUESTION, QUOTE, SEMICOLON, SPACE, isToken, isUri } from '../grammar/characters.ts';
import { ParameterReader, findParameter } from '../grammar/parameters.ts';
import { skipBlanks, skipQuoted, trimEnd, unquote } from '../grammar/scan.ts';
import { parseUri, uriSchemeIn, type Uri, type UriScheme } from '../uri/uri.ts';

/**
 * A `name-addr` or `addr-spec` with header parameters: From, To, Contact, Route, Record-Route,
 * Path, Refer-To (RFC 3261 §20.10). Nothing but the bounds is worked out until it is asked for:
 * whether the URI is one is told by `uri` and `uriScheme`.
 */
export class NameAddr {
  /** First character of the value (display name, '<' or URI). */
  readonly start: number;
  /** Behind the last character of the value and its parameters. */
  readonly end: number;
  readonly uriStart: number;
  readonly uriEnd: number;
  readonly #text: string;
  readonly #displayEnd: number;
  readonly #paramsStart: number;
  /** -1 when there is no tag. */
  readonly #tagStart: number;
  readonly #tagEnd: number;
  #uri: Uri | undefined | null = null;
  #uriScheme: UriScheme | undefined | null = null;

  constructor(text: string, start: number, displayEnd: number, uriStart: number, uriEnd: number, paramsStart: number, tagStart: number, tagEnd: number, end: number) {
    this.#text = text;
    this.start = start;
    this.#displayEnd = displayEnd;
    this.uriStart = uriStart;
    this.uriEnd = uriEnd;
    this.#paramsStart = paramsStart;
    this.#tagStart = tagStart;
    this.#tagEnd = tagEnd;
    this.end = end;
  }

  /** True when the URI stands in angle brackets. */
  get bracketed(): boolean {
    return this.#text.charCodeAt(this.uriStart - 1) === LESS;
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

  /** The scheme of the URI, undefined when its syntax is wrong; costs less than `uri`, which cuts the parts out. */
  get uriScheme(): UriScheme | undefined {
    if (this.#uriScheme === null) this.#uriScheme = uriSchemeIn(this.#text, this.uriStart, this.uriEnd);
    return this.#uriScheme;
  }

  /** Header parameters with their leading ';', or ''. */
  get params(): string {
    return this.#text.slice(this.#paramsStart, this.end);
  }

  /** The value of a header parameter: '' when it has none, undefined when it is not there. */
  param(name: string): string | undefined {
    return findParameter(this.params, name);
  }

  /** The `tag` parameter, undefined when it is not there. */
  get tag(): string | undefined {
    return this.#tagStart < 0 ? undefined : this.#text.slice(this.#tagStart, this.#tagEnd);
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
  if (uriEnd < 0 || uriEnd >= end || uriEnd === uriStart) return undefined;
  return finish(text, start, displayEnd, uriStart, uriEnd, uriEnd + 1, end);
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
  return at === start ? undefined : finish(text, start, start, start, at, at, end);
}

/** One for all: nothing else is read while an address is. */
const parameter = new ParameterReader();

/** Reads the parameters from `at` on, which is where the URI, or its '>', ends. */
function finish(text: string, start: number, displayEnd: number, uriStart: number, uriEnd: number, at: number, end: number): NameAddr | undefined {
  const paramsStart = skipBlanks(text, at, end);
  let paramsEnd = at;
  let tagStart = -1;
  let tagEnd = -1;
  at = paramsStart;
  while (at < end && text.charCodeAt(at) === SEMICOLON) {
    at = parameter.read(text, at, end);
    if (at < 0) return undefined;
    paramsEnd = parameter.end;
    if (tagStart < 0 && parameter.isNamed(text, 'tag')) {
      // `tag` alone is a tag without characters.
      tagStart = parameter.valueStart < 0 ? paramsEnd : parameter.valueStart;
      tagEnd = paramsEnd;
    }
  }
  if (at < end && text.charCodeAt(at) !== COMMA) return undefined;
  return new NameAddr(text, start, displayEnd, uriStart, uriEnd, Math.min(paramsStart, paramsEnd), tagStart, tagEnd, paramsEnd);
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
