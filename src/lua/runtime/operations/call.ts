import type { Runtime } from '../runtime.ts';
import { first, type LuaFunction, type LuaValue } from '../value.ts';
import { metamethod, typeError } from './metamethod.ts';

/**
 * What a call of a value calls: the function itself, or its `__call` with the value in front of the arguments.
 * @param what where the value came from, for the error
 * @throws LuaError when it cannot be called
 */
export function callable(runtime: Runtime, value: LuaValue, what?: string): LuaFunction {
  if (typeof value === 'function') return value;
  const handler = metamethod(runtime, value, '__call');
  if (typeof handler !== 'function') throw typeError('call', value, what);
  return (...args) => handler(value, ...args);
}

/** Calls a metamethod, a function or what can be called, for its first result. */
export function callMetamethod(runtime: Runtime, handler: LuaValue, ...args: LuaValue[]): LuaValue {
  return first(runtime.callAtOnce(callable(runtime, handler), ...args));
}
