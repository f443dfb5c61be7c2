/**
 * The only door to fengari (Lua 5.3 in JavaScript), which has no types of its own: the part of the
 * C API that this folder uses, under its own names (Lua 5.3 reference manual, §4 and §5).
 *
 * Kamailio scripts are written for Lua 5.1, where every number is a double; fengari has 5.3's
 * integers, and has them 32 bits wide: `os.time() * 1000` would wrap. `number-model.ts` puts that
 * right before the rest of fengari is loaded, so it is called here and nowhere else.
 */
import { createRequire } from 'node:module';

import { useLua51Numbers } from './number-model.ts';

/** A Lua thread. Opaque but for what keeps count hooks running, see `instruction-budget.ts`. */
export interface LuaState {
  /** 1 while hooks may run; the interpreter sets it to 0 around a hook. */
  allowhook: number;
  /** The function that is running; bit 0 of its status says that hooks were on when it called `lua_pcallk`. */
  readonly ci: { callstatus: number };
}

/** A function that Lua can call: arguments are on the stack, the number of results is returned. */
export type LuaFunction = (L: LuaState) => number;

/** Activation record that `lua_getstack` and `lua_getinfo` fill in. */
export interface LuaDebug {
  currentline: number;
  short_src: Uint8Array | null;
}

interface Lua {
  readonly LUA_OK: number;
  readonly LUA_YIELD: number;
  readonly LUA_TNIL: number;
  readonly LUA_TNUMBER: number;
  readonly LUA_TSTRING: number;
  readonly LUA_MASKCOUNT: number;
  readonly lua_Debug: new () => LuaDebug;
  lua_atnativeerror(L: LuaState, handler: LuaFunction): void;
  lua_checkstack(L: LuaState, more: number): boolean;
  lua_createtable(L: LuaState, items: number, fields: number): void;
  lua_error(L: LuaState): never;
  lua_getfield(L: LuaState, index: number, key: Uint8Array): number;
  lua_getinfo(L: LuaState, what: Uint8Array, ar: LuaDebug): number;
  lua_getstack(L: LuaState, level: number, ar: LuaDebug): number;
  lua_gettop(L: LuaState): number;
  lua_isfunction(L: LuaState, index: number): boolean;
  lua_isyieldable(L: LuaState): boolean;
  lua_isstring(L: LuaState, index: number): boolean;
  lua_newthread(L: LuaState): LuaState;
  lua_next(L: LuaState, index: number): number;
  lua_pop(L: LuaState, count: number): void;
  lua_pushboolean(L: LuaState, value: boolean): void;
  lua_pushcfunction(L: LuaState, f: LuaFunction): void;
  lua_pushglobaltable(L: LuaState): void;
  lua_pushnil(L: LuaState): void;
  lua_pushnumber(L: LuaState, value: number): void;
  lua_pushstring(L: LuaState, value: Uint8Array): Uint8Array;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_rawget(L: LuaState, index: number): number;
  lua_rawset(L: LuaState, index: number): void;
  lua_rawseti(L: LuaState, index: number, n: number): void;
  lua_resume(L: LuaState, from: LuaState | null, argumentCount: number): number;
  lua_setfield(L: LuaState, index: number, key: Uint8Array): void;
  lua_sethook(L: LuaState, hook: (L: LuaState) => void, mask: number, count: number): void;
  lua_settop(L: LuaState, index: number): void;
  lua_toboolean(L: LuaState, index: number): boolean;
  lua_tocfunction(L: LuaState, index: number): LuaFunction | null;
  lua_tolstring(L: LuaState, index: number): Uint8Array | null;
  lua_tonumberx(L: LuaState, index: number): number | false;
  lua_touserdata(L: LuaState, index: number): unknown;
  lua_type(L: LuaState, index: number): number;
  lua_xmove(from: LuaState, to: LuaState, count: number): void;
  lua_yield(L: LuaState, resultCount: number): number;
}

interface Lauxlib {
  luaL_checkinteger(L: LuaState, argument: number): number;
  luaL_loadbuffer(L: LuaState, chunk: Uint8Array, bytes: number, name: Uint8Array): number;
  luaL_loadbufferx(L: LuaState, chunk: Uint8Array, bytes: number, name: Uint8Array, mode: Uint8Array): number;
  luaL_newstate(): LuaState;
  luaL_tolstring(L: LuaState, index: number): Uint8Array;
  luaL_typename(L: LuaState, index: number): Uint8Array;
}

interface Fengari {
  readonly lua: Lua;
  readonly lauxlib: Lauxlib;
  readonly lualib: { luaL_openlibs(L: LuaState): void };
  to_luastring(text: string): Uint8Array;
}

const require = createRequire(import.meta.url);
useLua51Numbers(require);
const fengari = require('fengari') as Fengari;

export const { lua, lauxlib, lualib } = fengari;

/** The UTF-8 bytes of a JavaScript text: for names and messages of our own, not for SIP data. */
export const utf8 = fengari.to_luastring;
