import { LuaError } from '../lua-error.ts';
import type { Runtime } from '../runtime.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';
import { callMetamethod } from './call.ts';
import { metamethod, typeError } from './metamethod.ts';

/** Longest chain of `__index` or `__newindex` tables; 5.3's bound. */
export const MAX_CHAIN = 2_000;

/**
 * `value[key]`, with `__index`.
 * @param what where the value came from, for the error
 * @throws LuaError when the value cannot be indexed
 */
export function index(runtime: Runtime, value: LuaValue, key: LuaValue, what?: string): LuaValue {
  let current = value;
  for (let step = 0; step < MAX_CHAIN; step += 1) {
    let handler: LuaValue;
    if (current instanceof LuaTable) {
      const found = current.get(key);
      if (found !== undefined || current.metatable === undefined) return found;
      handler = current.metatable.getField('__index');
      if (handler === undefined) return undefined;
    } else {
      handler = metamethod(runtime, current, '__index');
      if (handler === undefined) throw typeError('index', current, step === 0 ? what : undefined);
    }
    if (typeof handler === 'function') return callMetamethod(runtime, handler, current, key);
    current = handler;
  }
  throw new LuaError("'__index' chain too long; possibly a loop");
}
