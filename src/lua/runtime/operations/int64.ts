/**
 * Bitwise operations on 64-bit integers that are held in doubles. An integer is taken apart into its upper 32 bits (signed)
 * and its lower 32 bits, which JavaScript's own operators work on; a result beyond 2^53 is rounded to the nearest double.
 */
const TWO_32 = 2 ** 32;
const TWO_63 = 2 ** 63;
const BITS = 64;

/** Whether a number is one of the 2^64 integers that bitwise operations work on. */
export function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -TWO_63 && value < TWO_63;
}

function upper(value: number): number {
  return Math.floor(value / TWO_32) | 0;
}

function join(high: number, low: number): number {
  return (high | 0) * TWO_32 + (low >>> 0);
}

export function and(a: number, b: number): number {
  return join(upper(a) & upper(b), a & b);
}

export function or(a: number, b: number): number {
  return join(upper(a) | upper(b), a | b);
}

export function exclusiveOr(a: number, b: number): number {
  return join(upper(a) ^ upper(b), a ^ b);
}

export function not(a: number): number {
  return join(~upper(a), ~a);
}

/** Vacant bits are zeros; a negative count shifts to the right. */
export function shiftLeft(a: number, count: number): number {
  if (count < 0) return shiftRight(a, -count);
  if (count >= BITS) return 0;
  if (count >= 32) return join(a << (count - 32), 0);
  return count === 0 ? a : join((upper(a) << count) | (a >>> (32 - count)), a << count);
}

/** Vacant bits are zeros; a negative count shifts to the left. */
export function shiftRight(a: number, count: number): number {
  if (count < 0) return shiftLeft(a, -count);
  if (count >= BITS) return 0;
  if (count >= 32) return upper(a) >>> (count - 32);
  return count === 0 ? a : (upper(a) >>> count) * TWO_32 + ((((a >>> count) | (upper(a) << (32 - count))) >>> 0));
}
