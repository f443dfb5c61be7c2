import { skipToken } from '../sip/grammar/scan.ts';
import { canonicalName, headerId } from '../sip/headers/header-id.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';

/** A header name as scripts give it, ready to be looked for: in any case, compact or long. */
export class HeaderName {
  readonly #id: number;
  readonly #canonical: string;

  constructor(name: string) {
    this.#canonical = canonicalName(name);
    this.#id = headerId(this.#canonical, 0, this.#canonical.length);
  }

  /** Number of the first such field at or after `from`, -1 when there is none. */
  find(message: SipMessage, from = 0): number {
    return message.findNamed(this.#id, this.#canonical, from);
  }

  /** Value of the first such field. */
  value(message: SipMessage): string | null {
    const index = this.find(message);
    return index < 0 ? null : message.fieldValue(index);
  }

  /** Value number `index`, a negative one counted from the last (-1). */
  valueAt(message: SipMessage, index: number): string | null {
    if (index >= 0) {
      let field = this.find(message);
      for (let left = index; left > 0 && field >= 0; left -= 1) field = this.find(message, field + 1);
      return field < 0 ? null : message.fieldValue(field);
    }
    const field = this.all(message).at(index);
    return field === undefined ? null : message.fieldValue(field);
  }

  /** Numbers of all such fields. */
  all(message: SipMessage): number[] {
    const found: number[] = [];
    for (let field = this.find(message); field >= 0; field = this.find(message, field + 1)) found.push(field);
    return found;
  }
}

/** Names are literals of the script: few. Past the bound the memory starts afresh. */
const MAX_NAMES = 512;
const names = new Map<string, HeaderName>();

/** The name as an object; the same text gives the same object as long as it is remembered. */
export function headerName(name: string): HeaderName {
  let known = names.get(name);
  if (known === undefined) {
    known = new HeaderName(name);
    if (names.size >= MAX_NAMES) names.clear();
    names.set(name, known);
  }
  return known;
}

/** Longest header text that a script may add at once, in octets. */
const MAX_LINES_BYTES = 8192;

/**
 * True when `text` is one or more whole header lines, each with its CRLF. Anything else is refused:
 * a value with a line end in it, taken from another message, would become a header of its own.
 */
export function isWholeHeaderLines(text: string): boolean {
  if (text === '' || text.length > MAX_LINES_BYTES || !text.endsWith('\r\n')) return false;
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf('\r\n', at);
    if (!isHeaderLine(text, at, end)) return false;
    at = end + 2;
    // A folded line goes on with a blank.
    while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) {
      const foldEnd = text.indexOf('\r\n', at);
      if (foldEnd < 0 || hasControls(text, at, foldEnd)) return false;
      at = foldEnd + 2;
    }
  }
  return true;
}

function isHeaderLine(text: string, start: number, end: number): boolean {
  const nameEnd = skipToken(text, start, end);
  if (nameEnd === start) return false;
  let colon = nameEnd;
  while (text.charCodeAt(colon) === 0x20 || text.charCodeAt(colon) === 0x09) colon += 1;
  return text.charCodeAt(colon) === 0x3a && colon < end && !hasControls(text, colon, end);
}

/** True when a bare CR, LF or NUL stands in [start, end). */
export function hasControls(text: string, start = 0, end = text.length): boolean {
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x0d || code === 0x0a || code === 0) return true;
  }
  return false;
}
