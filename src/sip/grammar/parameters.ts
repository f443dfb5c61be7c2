import { COMMA, EQUALS, QUOTE, SEMICOLON, isParameterValue } from './characters.ts';
import { equalsIgnoringCase, skipBlanks, skipQuoted, skipToken } from './scan.ts';

/**
 * Reads header parameters (`generic-param`, §25.1) one by one. After each `read` it holds the offsets
 * of the parameter. Via and every address are read with one, which costs less than a function that is
 * called for each parameter.
 */
export class ParameterReader {
  nameStart = 0;
  nameEnd = 0;
  /** -1 when there is no '='. */
  valueStart = -1;
  /** -1 when there is no '='; a quoted value includes its quotes. */
  valueEnd = -1;

  /** Reads the parameter whose ';' stands at `at`. Returns the offset behind it and the blanks after it, or -1 for a syntax error. */
  read(text: string, at: number, end: number): number {
    const nameStart = skipBlanks(text, at + 1, end);
    const nameEnd = skipToken(text, nameStart, end);
    if (nameEnd === nameStart) return -1;
    this.nameStart = nameStart;
    this.nameEnd = nameEnd;
    this.valueStart = -1;
    this.valueEnd = -1;
    at = skipBlanks(text, nameEnd, end);
    if (at === end || text.charCodeAt(at) !== EQUALS) return at;
    const valueStart = skipBlanks(text, at + 1, end);
    const valueEnd = skipParameterValue(text, valueStart, end);
    if (valueEnd <= valueStart) return -1;
    this.valueStart = valueStart;
    this.valueEnd = valueEnd;
    return skipBlanks(text, valueEnd, end);
  }

  /** Behind the last character of the parameter. */
  get end(): number {
    return this.valueStart < 0 ? this.nameEnd : this.valueEnd;
  }

  isNamed(text: string, lower: string): boolean {
    return equalsIgnoringCase(text, this.nameStart, this.nameEnd, lower);
  }
}

/** gen-value is a token, a host or a quoted string. */
function skipParameterValue(text: string, at: number, end: number): number {
  if (at < end && text.charCodeAt(at) === QUOTE) return skipQuoted(text, at, end);
  while (at < end && isParameterValue(text.charCodeAt(at))) at += 1;
  return at;
}

/** Called for each `;name=value`. Offsets of the value are both -1 when there is no '='. */
export type ParameterVisitor = (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void;

/**
 * Walks the parameters from `at`, which stands at a ';', a ',' or the end. Returns the offset of
 * the ',' or the end where they stop, or -1 for a syntax error.
 */
export function walkParameters(text: string, at: number, end: number, visit: ParameterVisitor): number {
  const parameter = new ParameterReader();
  at = skipBlanks(text, at, end);
  while (at < end && text.charCodeAt(at) === SEMICOLON) {
    at = parameter.read(text, at, end);
    if (at < 0) return -1;
    visit(parameter.nameStart, parameter.nameEnd, parameter.valueStart, parameter.valueEnd);
  }
  return at >= end || text.charCodeAt(at) === COMMA ? at : -1;
}

/**
 * The value of a parameter in text like `;tag=1;lr`, quotes kept: '' for a parameter without a
 * value, undefined when it is not there. Names are compared without regard to case (§7.3.1).
 */
export function findParameter(text: string, name: string): string | undefined {
  const parameter = new ParameterReader();
  let at = skipBlanks(text, 0, text.length);
  while (at >= 0 && text.charCodeAt(at) === SEMICOLON) {
    at = parameter.read(text, at, text.length);
    if (at < 0) return undefined;
    if (parameter.isNamed(text, name)) return parameter.valueStart < 0 ? '' : text.slice(parameter.valueStart, parameter.valueEnd);
  }
  return undefined;
}
