import { LuaError } from '../lua-error.ts';
import { numberText } from '../number.ts';
import type { Runtime } from '../runtime.ts';
import { LuaTable } from '../table.ts';
import type { Coroutine, LuaFunction, LuaValue, Table } from '../value.ts';
import { callMetamethod } from './call.ts';
import { textOf } from './concat.ts';
import { displayName } from './metamethod.ts';

/**
 * `tostring(value)`, with `__tostring` and `__name`.
 * @throws LuaError when `__tostring` gives something else
 */
export function toText(runtime: Runtime, value: LuaValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (value === undefined) return 'nil';
  if (typeof value === 'boolean') return String(value);
  const handler = value instanceof LuaTable ? value.metatable?.getField('__tostring') : undefined;
  if (handler === undefined) return `${displayName(value)}: ${addressOf(value)}`;
  const text = textOf(callMetamethod(runtime, handler, value));
  if (text === undefined) throw new LuaError("'__tostring' must return a string");
  return text;
}

const addresses = new WeakMap<object, string>();
let addressesGiven = 0;

/** What stands for the place in memory: another text for each object, and always the same. */
export function addressOf(value: Table | LuaFunction | Coroutine): string {
  let address = addresses.get(value);
  if (address === undefined) {
    addressesGiven += 1;
    // 32 bytes apart, in the width that addresses have on a 64-bit machine.
    address = `0x${(addressesGiven * 32).toString(16).padStart(12, '0')}`;
    addresses.set(value, address);
  }
  return address;
}
