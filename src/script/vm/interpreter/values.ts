/**
 * Values on their way between Lua and rows. Strings are bytes on both sides: a Lua string is a
 * Uint8Array, a row sees the same bytes as a one-byte (latin1) JavaScript string.
 */
import type { KsrValue, ReturnType } from '../../row.ts';
import { lua, type LuaState } from './fengari.ts';

const {
  LUA_TNUMBER,
  LUA_TSTRING,
  lua_createtable,
  lua_pushboolean,
  lua_pushnil,
  lua_pushnumber,
  lua_pushstring,
  lua_rawset,
  lua_rawseti,
  lua_tolstring,
  lua_tonumberx,
  lua_type,
} = lua;

/** One-byte string to Lua bytes. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** Lua bytes to a one-byte string. */
export function textOf(bytes: Uint8Array): string {
  return latin1Slice.call(bytes, 0, bytes.length);
}
// A Lua string is a plain Uint8Array; going through a Buffer around it would cost more than the conversion.
const { latin1Slice } = Buffer.prototype;

export function pushText(L: LuaState, text: string): void {
  lua_pushstring(L, bytesOf(text));
}

/**
 * Argument `index` for an `int` parameter, as app_lua's `lua_tointeger` and the cast to a C int
 * give it under Lua 5.1: numbers and numerals are truncated to 32 bits, anything else is 0.
 */
export function intArgument(L: LuaState, index: number): number {
  const number = lua_tonumberx(L, index);
  return number === false ? 0 : number | 0;
}

/** Argument `index` for a `str` parameter: strings and numbers; anything else is the empty string. */
export function textArgument(L: LuaState, index: number): string {
  const type = lua_type(L, index);
  if (type !== LUA_TSTRING && type !== LUA_TNUMBER) return '';
  return textOf(lua_tolstring(L, index)!);
}

/** Pushes what a row returned. */
export type ResultPush = (L: LuaState, result: KsrValue | void) => void;

/**
 * How results of a declared type reach the script. Numbers are pushed as doubles, as Lua 5.1 has
 * them. A `none` function gives 0, or `false` when it has no parameter: an accident of app_lua.
 */
export function resultPush(returns: ReturnType, parameterCount: number): ResultPush {
  switch (returns) {
    case 'int':
      return (L, result) => lua_pushnumber(L, result as number);
    case 'bool':
      return (L, result) => lua_pushboolean(L, result !== false && result !== 0);
    case 'none':
      return parameterCount === 0 ? (L) => lua_pushboolean(L, false) : (L) => lua_pushnumber(L, 0);
    case 'xval':
      return pushValue;
  }
}

/** Pushes any value: null and undefined as nil, arrays as tables from 1, records as tables by name. */
export function pushValue(L: LuaState, value: KsrValue | void): void {
  if (value === null || value === undefined) lua_pushnil(L);
  else if (typeof value === 'string') pushText(L, value);
  else if (typeof value === 'number') lua_pushnumber(L, value);
  else if (typeof value === 'boolean') lua_pushboolean(L, value);
  else if (isList(value)) pushList(L, value);
  else pushRecord(L, value);
}

function isList(value: object): value is readonly KsrValue[] {
  return Array.isArray(value);
}

function pushList(L: LuaState, list: readonly KsrValue[]): void {
  lua_createtable(L, list.length, 0);
  list.forEach((item, index) => {
    pushValue(L, item);
    lua_rawseti(L, -2, index + 1);
  });
}

function pushRecord(L: LuaState, record: { readonly [key: string]: KsrValue }): void {
  lua_createtable(L, 0, 0);
  for (const [key, item] of Object.entries(record)) {
    pushText(L, key);
    pushValue(L, item);
    lua_rawset(L, -3);
  }
}
