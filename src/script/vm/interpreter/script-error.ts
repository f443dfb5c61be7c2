/** Reading errors and positions off a Lua thread. */
import { lauxlib, lua, utf8, type LuaState } from './fengari.ts';
import { bytesOf, textOf } from './values.ts';

const {
  LUA_TSTRING,
  lua_Debug,
  lua_error,
  lua_getinfo,
  lua_getstack,
  lua_gettop,
  lua_pop,
  lua_pushstring,
  lua_tolstring,
  lua_type,
} = lua;

const SOURCE_AND_LINE = utf8('Sl');

/**
 * The error that `KSR.x.exit()` raises. It is recognised by its exact text, as in Kamailio: a
 * `pcall` in the script catches it, and a script that raises it again by `error(e, 0)` exits.
 */
const EXIT_TEXT = '~~ksr~exit~~';
const EXIT_BYTES = bytesOf(EXIT_TEXT);

export function raiseExit(L: LuaState): never {
  lua_pushstring(L, EXIT_BYTES);
  return lua_error(L);
}

export function isExit(message: string): boolean {
  return message === EXIT_TEXT;
}

/** Raises a Lua error with the position of the innermost Lua function before its text. */
export function raise(L: LuaState, message: string): never {
  const position = positionIn(L);
  lua_pushstring(L, utf8(position === undefined ? message : `${position}: ${message}`));
  return lua_error(L);
}

/** Text of the error value on top of the stack; it stays there. */
export function errorMessage(L: LuaState): string {
  if (lua_gettop(L) === 0) return 'the interpreter failed without a message';
  if (lua_type(L, -1) === LUA_TSTRING) return textOf(lua_tolstring(L, -1)!);
  // luaL_tolstring may call a __tostring of the script, which may itself fail: not here.
  return `(error object is a ${textOf(lauxlib.luaL_typename(L, -1))} value)`;
}

/** `file:line` of the innermost Lua function on the thread; undefined when there is none. */
export function positionIn(L: LuaState): string | undefined {
  const record = new lua_Debug();
  for (let level = 0; lua_getstack(L, level, record); level += 1) {
    lua_getinfo(L, SOURCE_AND_LINE, record);
    if (record.currentline > 0) return `${textOf(record.short_src!)}:${record.currentline}`;
  }
  return undefined;
}

/** Takes the error value off the stack and returns its text. */
export function takeErrorMessage(L: LuaState): string {
  const message = errorMessage(L);
  lua_pop(L, 1);
  return message;
}
