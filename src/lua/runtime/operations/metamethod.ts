/** What a metatable says of a value, and the errors that name values (Lua 5.3 reference manual, §2.4). */
import { LuaError } from '../lua-error.ts';
import type { Runtime } from '../runtime.ts';
import { LuaTable } from '../table.ts';
import { Coroutine, type LuaValue, type Table } from '../value.ts';

export type TypeName = 'nil' | 'boolean' | 'number' | 'string' | 'table' | 'function' | 'thread';

/** The type of a value as `type` names it. */
export function typeName(value: LuaValue): TypeName {
  if (value === undefined) return 'nil';
  if (value instanceof LuaTable) return 'table';
  if (value instanceof Coroutine) return 'thread';
  return typeof value as TypeName;
}

/** The type of a value in error messages: a metatable may give it another `__name`. */
export function displayName(value: LuaValue): string {
  const name = value instanceof LuaTable ? value.metatable?.getField('__name') : undefined;
  return typeof name === 'string' ? name : typeName(value);
}

/** Only tables and strings have metatables. */
export function metatableOf(runtime: Runtime, value: LuaValue): Table | undefined {
  if (value instanceof LuaTable) return value.metatable;
  return typeof value === 'string' ? runtime.stringMetatable : undefined;
}

export function metamethod(runtime: Runtime, value: LuaValue, event: string): LuaValue {
  return metatableOf(runtime, value)?.getField(event);
}

/**
 * The error of an operation that a type does not have.
 * @param what where the value came from, as the compiler describes it: `local 'x'`
 */
export function typeError(action: string, value: LuaValue, what: string | undefined): LuaError {
  return new LuaError(`attempt to ${action} a ${displayName(value)} value${what === undefined ? '' : ` (${what})`}`);
}
