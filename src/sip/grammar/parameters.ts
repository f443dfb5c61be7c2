import { COMMA, EQUALS, QUOTE, SEMICOLON, isToken } from './characters.ts';
import { equalsIgnoringCase, skipBlanks, skipQuoted, skipToken, trimEnd } from './scan.ts';

/** Called for each `;name=value`. Offsets of the value are both -1 when there is no '='. */
export type ParameterVisitor = (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void;

/**
 * Walks header parameters (`generic-param`, §25.1) from `at`, which stands at a ';', a ',' or the
 * end. Returns the offset of the ',' or the end where they stop, or -1 for a syntax error.
 */
export function walkParameters(text: string, at: number, end: number, visit: ParameterVisitor): number {
  at = skipBlanks(text, at, end);
  while (at < end && text.charCodeAt(at) === SEMICOLON) {
    const nameStart = skipBlanks(text, at + 1, end);
    const nameEnd = skipToken(text, nameStart, end);
    if (nameEnd === nameStart) return -1;
    at = skipBlanks(text, nameEnd, end);
    if (at < end && text.charCodeAt(at) === EQUALS) {
      const valueStart = skipBlanks(text, at + 1, end);
      const valueEnd = skipParameterValue(text, valueStart, end);
      if (valueEnd <= valueStart) return -1;
      visit(nameStart, nameEnd, valueStart, valueEnd);
      at = skipBlanks(text, valueEnd, end);
    } else {
      visit(nameStart, nameEnd, -1, -1);
    }
  }
  return at >= end || text.charCodeAt(at) === COMMA ? at : -1;
}

/** gen-value is a token, a host or a quoted string; a bare IPv6 address is let through (RFC 5118 §4.5). */
function skipParameterValue(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) === QUOTE) return skipQuoted(text, at, end);
  while (at < end) {
    const code = text.charCodeAt(at);
    // '[', ']' and ':' for addresses, the rest is seen in values of extension parameters.
    if (!isToken(code) && code !== 0x5b && code !== 0x5d && code !== 0x3a && code !== 0x2f && code !== 0x40 && code !== 0x26 && code !== 0x3f && code !== 0x23 && code !== 0x24 && code !== EQUALS && code < 0x80) break;
    at += 1;
  }
  return at;
}

/**
 * The value of a parameter in text like `;tag=1;lr`, quotes kept: '' for a parameter without a
 * value, undefined when it is not there. Names are compared without regard to case (§7.3.1).
 */
export function findParameter(text: string, name: string): string | undefined {
  let found: string | undefined;
  walkParameters(text, 0, text.length, (nameStart, nameEnd, valueStart, valueEnd) => {
    if (found === undefined && equalsIgnoringCase(text, nameStart, nameEnd, name)) {
      found = valueStart < 0 ? '' : text.slice(valueStart, trimEnd(text, valueStart, valueEnd));
    }
  });
  return found;
}
