/** Values on their way between compiled scripts and rows; the rules are app_lua's under Lua 5.1. */
import { numberText, toNumber } from '../../../lua/runtime/number.ts';
import { LuaTable } from '../../../lua/runtime/table.ts';
import type { LuaValue, Table } from '../../../lua/runtime/value.ts';
import type { KsrValue } from '../../row.ts';

/** A value for a `str` parameter: strings and numbers; anything else is the empty string. */
export function textArgument(value: LuaValue): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? numberText(value) : '';
}

/** A value for an `int` parameter: numbers and numerals are truncated to 32 bits, anything else is 0. */
export function intArgument(value: LuaValue): number {
  return typeof value === 'number' ? value | 0 : (toNumber(value) ?? 0) | 0;
}

/** Texts, numbers and booleans are the same on both sides; null is nil, arrays and records become tables. */
export function toLua(value: KsrValue | void): LuaValue {
  if (typeof value !== 'object') return value as LuaValue;
  if (value === null) return undefined;
  return isList(value) ? listToLua(value) : recordToLua(value);
}

function isList(value: object): value is readonly KsrValue[] {
  return Array.isArray(value);
}

function listToLua(list: readonly KsrValue[]): Table {
  const table = new LuaTable<LuaValue>();
  list.forEach((item, index) => table.set(index + 1, toLua(item)));
  return table;
}

function recordToLua(record: { readonly [key: string]: KsrValue }): Table {
  const table = new LuaTable<LuaValue>();
  for (const [key, item] of Object.entries(record)) table.setField(key, toLua(item));
  return table;
}
