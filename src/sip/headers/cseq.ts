import { isDigit } from '../grammar/characters.ts';
import { parseDecimal, skipBlanks, skipToken, trimEnd } from '../grammar/scan.ts';
import { methodIn } from './method.ts';

/** CSeq numbers are below 2^31 (RFC 3261 §8.1.1.5). */
const MAX_CSEQ = 2 ** 31 - 1;

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** Parses the value in [start, end), or returns undefined. */
export function parseCSeq(text: string, start: number, end: number): CSeq | undefined {
  let at = skipBlanks(text, start, end);
  const numberStart = at;
  while (at < end && isDigit(text.charCodeAt(at))) at += 1;
  const number = parseDecimal(text, numberStart, at, MAX_CSEQ);
  const methodStart = skipBlanks(text, at, end);
  if (number < 0 || methodStart === at) return undefined;
  const methodEnd = skipToken(text, methodStart, end);
  if (methodEnd === methodStart || methodEnd !== trimEnd(text, methodStart, end)) return undefined;
  return { number, method: methodIn(text, methodStart, methodEnd) };
}
