import { LuaError } from '../lua-error.ts';
import type { Runtime } from '../runtime.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';
import { callMetamethod } from './call.ts';
import { MAX_CHAIN } from './index.ts';
import { metamethod, typeError } from './metamethod.ts';

/**
 * `value[key] = newValue`, with `__newindex`, which is asked only when the table has no such entry.
 * @param what where the value came from, for the error
 * @throws LuaError when the value cannot be indexed, or the key is nil or not a number
 */
export function setIndex(runtime: Runtime, value: LuaValue, key: LuaValue, newValue: LuaValue, what?: string): void {
  let current = value;
  for (let step = 0; step < MAX_CHAIN; step += 1) {
    let handler: LuaValue;
    if (current instanceof LuaTable) {
      handler = current.metatable?.getField('__newindex');
      if (handler === undefined || current.get(key) !== undefined) {
        current.set(key, newValue);
        return;
      }
    } else {
      handler = metamethod(runtime, current, '__newindex');
      if (handler === undefined) throw typeError('index', current, step === 0 ? what : undefined);
    }
    if (typeof handler === 'function') {
      callMetamethod(runtime, handler, current, key, newValue);
      return;
    }
    current = handler;
  }
  throw new LuaError("'__newindex' chain too long; possibly a loop");
}
