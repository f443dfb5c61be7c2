import type { ScriptFile } from '../script-file.ts';
import { lauxlib, lua, utf8, type LuaState } from './fengari.ts';
import { takeErrorMessage } from './script-error.ts';

/** Source only: what `string.dump` makes is not checked by anybody. */
const TEXT = utf8('t');

/** Pushes the function of a file; or pushes nothing and gives the message of its syntax error. */
export function pushFunctionOf(L: LuaState, { bytes, path }: ScriptFile): string | undefined {
  const status = lauxlib.luaL_loadbufferx(L, bytes, bytes.length, utf8(`@${path}`), TEXT);
  return status === lua.LUA_OK ? undefined : takeErrorMessage(L);
}

let parser: LuaState | undefined;

/** The message of a file's syntax error, with file and line; undefined when it has none. */
export function syntaxErrorOf(file: ScriptFile): string | undefined {
  parser ??= lauxlib.luaL_newstate();
  const fault = pushFunctionOf(parser, file);
  lua.lua_settop(parser, 0);
  return fault;
}
