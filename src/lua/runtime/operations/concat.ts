import { numberText } from '../number.ts';
import type { Runtime } from '../runtime.ts';
import type { LuaValue } from '../value.ts';
import { callMetamethod } from './call.ts';
import { metamethod, typeError } from './metamethod.ts';

/**
 * `a .. b`: of texts and numbers, and values with `__concat`.
 * @param whatA where `a` came from, for the error
 * @throws LuaError when an operand is none of them
 */
export function concat(runtime: Runtime, a: LuaValue, b: LuaValue, whatA?: string, whatB?: string): LuaValue {
  const left = textOf(a);
  const right = textOf(b);
  if (left !== undefined && right !== undefined) return left + right;
  const handler = metamethod(runtime, a, '__concat') ?? metamethod(runtime, b, '__concat');
  if (handler !== undefined) return callMetamethod(runtime, handler, a, b);
  throw left === undefined ? typeError('concatenate', a, whatA) : typeError('concatenate', b, whatB);
}

/** The text of a value that is used like one: of texts and numbers. */
export function textOf(value: LuaValue): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? numberText(value) : undefined;
}
