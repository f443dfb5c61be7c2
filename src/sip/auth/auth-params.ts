/**
 * The common form of challenges and credentials, RFC 3261 §25.1: a scheme and a list of
 * `name=value`. Values are wire text, one character a byte.
 */

/** Longest value that is looked at; a longer one is refused. Real ones stay below 600 characters. */
export const MAX_AUTH_VALUE_LENGTH = 4096;

/** Most parameters of one value; real ones have at most twelve. */
export const MAX_AUTH_PARAMS = 32;

/** Why a value is not what was asked for: `other-scheme` and `unsupported` are correct but not for us. */
export interface AuthValueFailure {
  readonly failure: 'other-scheme' | 'unsupported' | 'malformed';
  readonly reason: string;
}

/** Parameters of a Digest value; names are lower case, quoted values are unescaped. */
export type AuthParams = ReadonlyMap<string, string>;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;

export function malformed(reason: string): AuthValueFailure {
  return { failure: 'malformed', reason };
}

/**
 * Reads a value of the Digest scheme (its name in any case). Empty list elements are passed over;
 * a parameter given twice is refused, because two readers could take different ones.
 */
export function parseDigestParams(value: string): AuthParams | AuthValueFailure {
  if (value.length > MAX_AUTH_VALUE_LENGTH) return malformed('longer than the limit');
  const scanner = new Scanner(value);
  scanner.skipSpace();
  const scheme = scanner.word();
  if (scheme === '') return malformed('no scheme');
  if (scheme.toLowerCase() !== 'digest') return { failure: 'other-scheme', reason: 'the scheme is not Digest' };
  const params = new Map<string, string>();
  for (;;) {
    scanner.skipSeparators();
    if (scanner.atEnd()) return params;
    const name = scanner.word().toLowerCase();
    if (name === '') return malformed('a parameter has no name');
    scanner.skipSpace();
    if (!scanner.take(EQUALS)) return malformed('a parameter has no value');
    scanner.skipSpace();
    const text = scanner.value();
    if (text === undefined) return malformed('a parameter value is not a token or quoted string');
    if (params.has(name)) return malformed('a parameter is given twice');
    if (params.size === MAX_AUTH_PARAMS) return malformed('too many parameters');
    params.set(name, text);
    scanner.skipSpace();
    if (!scanner.atEnd() && !scanner.atComma()) return malformed('no comma between parameters');
  }
}

/**
 * `text` as a quoted string. What a quoted string cannot carry on one line becomes harmless: a
 * control character a space, a character beyond one byte a question mark. So a value made from
 * script data can never end the header line.
 */
export function quoteString(text: string): string {
  let out = '"';
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code === BACKSLASH) out += '\\';
    if (isControl(code)) out += ' ';
    else out += code > 0xff ? '?' : text[at];
  }
  return `${out}"`;
}

function isControl(code: number): boolean {
  return (code < SPACE && code !== TAB) || code === DELETE;
}

/** One pass from left to right; no position is visited twice. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  atComma(): boolean {
    return this.#text.charCodeAt(this.#at) === COMMA;
  }

  take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  /** Line breaks count as space: a folded header may come here as it was received. */
  skipSpace(): void {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  skipSeparators(): void {
    this.skipSpace();
    while (this.take(COMMA)) this.skipSpace();
  }

  /** A run of visible ASCII up to a space, comma, equals sign or quote; empty when there is none. */
  word(): string {
    return this.#run(true);
  }

  /** A quoted string without its quotes and escapes, or a bare value; `undefined` when it is neither. */
  value(): string | undefined {
    if (this.take(QUOTE)) return this.#quoted();
    // Bare values may hold an equals sign: some phones leave the quotes of a URI or base64 text off.
    const bare = this.#run(false);
    return bare === '' ? undefined : bare;
  }

  #run(stopAtEquals: boolean): string {
    const start = this.#at;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code <= SPACE || code >= DELETE || code === COMMA || code === QUOTE) break;
      if (stopAtEquals && code === EQUALS) break;
    }
    return this.#text.slice(start, this.#at);
  }

  #quoted(): string | undefined {
    let out = '';
    let copied = this.#at;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === QUOTE) {
        out += this.#text.slice(copied, this.#at);
        this.#at += 1;
        return out;
      }
      if (isControl(code)) return undefined;
      if (code === BACKSLASH) {
        out += this.#text.slice(copied, this.#at);
        this.#at += 1;
        copied = this.#at;
        if (isControl(this.#text.charCodeAt(this.#at))) return undefined;
      }
    }
    return undefined;
  }
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === CR || code === LF;
}
