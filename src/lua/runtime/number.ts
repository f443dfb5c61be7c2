/**
 * Numbers: one type, the double, as in Lua 5.1, for which Kamailio's scripts are written; with the operators
 * and the printed form of 5.3's integers. A number without fraction is an integer, exact up to 2^53, and written
 * without point or exponent up to there: a quotient of 10 and 2 is `5`, a time in milliseconds is all its digits.
 */
import type { LuaValue } from './value.ts';

/** A number as text: integers in full, everything else as C's `%.14g` (a tie in the fifteenth digit is rounded away from zero). */
export function numberText(value: number): string {
  if (Number.isSafeInteger(value)) return value === 0 && Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa = '', exponentText = '0'] = value.toExponential(13).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 14) return withoutTrailingZeros(value.toFixed(13 - exponent));
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${withoutTrailingZeros(mantissa)}e${exponent < 0 ? '-' : '+'}${digits}`;
}

function withoutTrailingZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const DECIMAL = /^[ \t-\r]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[ \t-\r]*$/;
const HEXADECIMAL = /^[ \t-\r]*([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?[ \t-\r]*$/;

/** The number that a text is, as the lexer and `tonumber` read it; undefined when it is none. */
export function parseNumber(text: string): number | undefined {
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return Number(decimal[1]);
  const hexadecimal = HEXADECIMAL.exec(text);
  if (hexadecimal === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = hexadecimal;
  if (whole === '' && fraction === '') return undefined;
  const value = hexadecimalValue(whole + fraction, Number(power) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

/** More digits than a double can tell apart. */
const SIGNIFICANT_DIGITS = 30;

/** The digits, as a whole number, times two to a power. */
function hexadecimalValue(digits: string, power: number): number {
  const significant = digits.replace(/^0+/, '');
  let value = 0;
  for (const digit of significant.slice(0, SIGNIFICANT_DIGITS)) value = value * 16 + Number.parseInt(digit, 16);
  if (value === 0) return 0;
  const exponent = power + 4 * Math.max(significant.length - SIGNIFICANT_DIGITS, 0);
  // In two steps: two to the whole of it may be out of range where the value is not.
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/** The number of an operand: numbers, and texts that are numbers. */
export function toNumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? parseNumber(value) : undefined;
}
