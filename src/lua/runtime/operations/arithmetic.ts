/** Arithmetic and bitwise operators where the operands are not both numbers, or the operation is not a plain one. */
import { LuaError } from '../lua-error.ts';
import { toNumber } from '../number.ts';
import type { Runtime } from '../runtime.ts';
import type { LuaValue } from '../value.ts';
import { callMetamethod } from './call.ts';
import { and, exclusiveOr, isInt64, not, or, shiftLeft, shiftRight } from './int64.ts';
import { metamethod, typeError } from './metamethod.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | '//' | '&' | '|' | '~' | '<<' | '>>';

interface Operator {
  readonly event: string;
  /** Works on integers only. */
  readonly bitwise?: true;
  apply(a: number, b: number): number;
}

const OPERATORS: Readonly<Record<ArithmeticOperator, Operator>> = {
  '+': { event: '__add', apply: (a, b) => a + b },
  '-': { event: '__sub', apply: (a, b) => a - b },
  '*': { event: '__mul', apply: (a, b) => a * b },
  '/': { event: '__div', apply: (a, b) => a / b },
  '%': { event: '__mod', apply: modulo },
  '^': { event: '__pow', apply: power },
  '//': { event: '__idiv', apply: floorDivide },
  '&': { event: '__band', bitwise: true, apply: and },
  '|': { event: '__bor', bitwise: true, apply: or },
  '~': { event: '__bxor', bitwise: true, apply: exclusiveOr },
  '<<': { event: '__shl', bitwise: true, apply: shiftLeft },
  '>>': { event: '__shr', bitwise: true, apply: shiftRight },
};
const NEGATE: Operator = { event: '__unm', apply: (a) => -a };
const NOT: Operator = { event: '__bnot', bitwise: true, apply: not };

/**
 * `a % b`: the remainder of `a // b`, with the sign of `b`. Never minus zero: with 5.3's integers there is none, and
 * with 5.1's doubles `a - floor(a/b)*b` gives zero.
 */
export function modulo(a: number, b: number): number {
  const remainder = a % b;
  return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder + 0;
}

/** `a // b`, rounded down; exact for integers up to 2^53. Never minus zero. */
export function floorDivide(a: number, b: number): number {
  return Math.floor(a / b) + 0;
}

/** `a ^ b` as C's `pow`, which says that 1 to any power is 1. */
export function power(a: number, b: number): number {
  return a === 1 || (a === -1 && (b === Infinity || b === -Infinity)) ? 1 : a ** b;
}

/**
 * `a operator b`: of numbers, texts that are numbers, and values with a metamethod.
 * @param whatA where `a` came from, for the error
 * @throws LuaError when an operand is none of them, or not an integer where bits are meant
 */
export function arithmetic(
  runtime: Runtime,
  operator: ArithmeticOperator,
  a: LuaValue,
  b: LuaValue,
  whatA?: string,
  whatB?: string,
): LuaValue {
  return operate(runtime, OPERATORS[operator], a, b, whatA, whatB);
}

/** `-a` */
export function negate(runtime: Runtime, a: LuaValue, what?: string): LuaValue {
  return operate(runtime, NEGATE, a, a, what, what);
}

/** `~a` */
export function bitNot(runtime: Runtime, a: LuaValue, what?: string): LuaValue {
  return operate(runtime, NOT, a, a, what, what);
}

function operate(runtime: Runtime, operator: Operator, a: LuaValue, b: LuaValue, whatA?: string, whatB?: string): LuaValue {
  const x = toNumber(a);
  const y = toNumber(b);
  const numbers = x !== undefined && y !== undefined;
  if (numbers && (operator.bitwise === undefined || (isInt64(x) && isInt64(y)))) return operator.apply(x, y);
  const handler = metamethod(runtime, a, operator.event) ?? metamethod(runtime, b, operator.event);
  if (handler !== undefined) return callMetamethod(runtime, handler, a, b);
  if (numbers) {
    const what = isInt64(x) ? whatB : whatA;
    throw new LuaError(`number${what === undefined ? '' : ` (${what})`} has no integer representation`);
  }
  const action = operator.bitwise === undefined ? 'perform arithmetic on' : 'perform bitwise operation on';
  throw x === undefined ? typeError(action, a, whatA) : typeError(action, b, whatB);
}
