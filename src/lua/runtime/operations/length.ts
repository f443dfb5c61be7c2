import type { Runtime } from '../runtime.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';
import { callMetamethod } from './call.ts';
import { typeError } from './metamethod.ts';

/**
 * `#value`: the bytes of a text, `__len` or the border of a table.
 * @param what where the value came from, for the error
 * @throws LuaError when the value has no length
 */
export function length(runtime: Runtime, value: LuaValue, what?: string): LuaValue {
  if (typeof value === 'string') return value.length;
  if (!(value instanceof LuaTable)) throw typeError('get length of', value, what);
  const handler = value.metatable?.getField('__len');
  return handler === undefined ? value.length : callMetamethod(runtime, handler, value);
}
