import { BACKSLASH, CR, LF, QUOTE, SPACE, TAB, isDigit, isToken } from './characters.ts';

/**
 * Small steps that every header parser takes. All work on a text and offsets, so that nothing is
 * cut out before it is wanted; an offset of -1 says that the text is not what was asked for.
 * LWS may contain a line fold, whose CR and LF are skipped like blanks (§25.1).
 */

/** The first offset at or after `at` that is not white space. */
export function skipBlanks(text: string, at: number, end: number): number {
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== TAB && code !== CR && code !== LF) break;
    at += 1;
  }
  return at;
}

/** The offset behind the last character before `end` that is not white space. */
export function trimEnd(text: string, start: number, end: number): number {
  while (end > start) {
    const code = text.charCodeAt(end - 1);
    if (code !== SPACE && code !== TAB && code !== CR && code !== LF) break;
    end -= 1;
  }
  return end;
}

/** The offset behind the token that starts at `at`; equal to `at` when there is none. */
export function skipToken(text: string, at: number, end: number): number {
  while (at < end && isToken(text.charCodeAt(at))) at += 1;
  return at;
}

/** The offset behind the closing quote of the quoted string that opens at `at`, or -1 when it does not close. */
export function skipQuoted(text: string, at: number, end: number): number {
  for (let i = at + 1; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i += 1;
    else if (code === QUOTE) return i + 1;
  }
  return -1;
}

/**
 * The decimal number that fills [start, end), or -1 when it is not all digits or is above `max`.
 * Leading zeros are allowed (RFC 4475 §3.1.1.1), overflow is not (§3.1.2.4).
 */
export function parseDecimal(text: string, start: number, end: number, max: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return -1;
    value = value * 10 + (code - 0x30);
    if (value > max) return -1;
  }
  return value;
}

/** True when [start, end) equals `lower` without regard to case; `lower` is lower-case ASCII. */
export function equalsIgnoringCase(text: string, start: number, end: number, lower: string): boolean {
  if (end - start !== lower.length) return false;
  for (let i = 0; i < lower.length; i += 1) {
    const code = text.charCodeAt(start + i);
    const folded = code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
    if (folded !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** The text of a quoted string without its quotes and escapes; other text as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== QUOTE) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}
