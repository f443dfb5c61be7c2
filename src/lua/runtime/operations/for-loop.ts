import { LuaError } from '../lua-error.ts';
import { toNumber } from '../number.ts';
import type { LuaValue } from '../value.ts';

/**
 * A number that a numeric `for` is given, asked for in 5.3's order: limit, step, initial value. A text that is a number will
 * do, and a step of zero is no error there: the loop does not end while the initial value is not below the limit.
 * @throws LuaError when it is no number
 */
export function forNumber(value: LuaValue, part: 'limit' | 'step' | 'initial value'): number {
  const number = toNumber(value);
  if (number === undefined) throw new LuaError(`'for' ${part} must be a number`);
  return number;
}

/**
 * The number that the loop begins with. Lua takes the step off and adds it in every turn, the first one too (§3.3.5), which only
 * rounds other numbers than integers.
 * @throws LuaError when the initial value is no number
 */
export function forStart(value: LuaValue, step: number): number {
  const number = forNumber(value, 'initial value');
  return Number.isSafeInteger(number) && Number.isSafeInteger(step) ? number : number - step + step;
}
