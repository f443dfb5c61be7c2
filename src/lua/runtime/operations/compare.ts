/** Equality and order of values. Compiled code compares numbers and texts itself. */
import { LuaError } from '../lua-error.ts';
import type { Runtime } from '../runtime.ts';
import { LuaTable } from '../table.ts';
import { isTrue, type LuaValue } from '../value.ts';
import { callMetamethod } from './call.ts';
import { displayName, metamethod } from './metamethod.ts';

/** `a == b`: two different tables may say by `__eq` that they are equal. */
export function equals(runtime: Runtime, a: LuaValue, b: LuaValue): boolean {
  if (a === b) return true;
  if (!(a instanceof LuaTable) || !(b instanceof LuaTable)) return false;
  const handler = metamethod(runtime, a, '__eq') ?? metamethod(runtime, b, '__eq');
  return handler !== undefined && isTrue(callMetamethod(runtime, handler, a, b));
}

/**
 * `a < b`. Texts are compared byte by byte.
 * @throws LuaError when the two have no order
 */
export function lessThan(runtime: Runtime, a: LuaValue, b: LuaValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a === 'string' && typeof b === 'string') return a < b;
  const handler = orderOf(runtime, a, b, '__lt');
  if (handler === undefined) throw orderError(a, b);
  return isTrue(callMetamethod(runtime, handler, a, b));
}

/**
 * `a <= b`; without a `__le` that is `not (b < a)`.
 * @throws LuaError when the two have no order
 */
export function lessEqual(runtime: Runtime, a: LuaValue, b: LuaValue): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a <= b;
  if (typeof a === 'string' && typeof b === 'string') return a <= b;
  const handler = orderOf(runtime, a, b, '__le');
  if (handler !== undefined) return isTrue(callMetamethod(runtime, handler, a, b));
  const opposite = orderOf(runtime, b, a, '__lt');
  if (opposite === undefined) throw orderError(a, b);
  return !isTrue(callMetamethod(runtime, opposite, b, a));
}

function orderOf(runtime: Runtime, a: LuaValue, b: LuaValue, event: string): LuaValue {
  return metamethod(runtime, a, event) ?? metamethod(runtime, b, event);
}

function orderError(a: LuaValue, b: LuaValue): LuaError {
  const [left, right] = [displayName(a), displayName(b)];
  return new LuaError(left === right ? `attempt to compare two ${left} values` : `attempt to compare ${left} with ${right}`);
}
