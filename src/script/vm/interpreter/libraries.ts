/** Opens Lua's standard libraries for routing scripts: what they add, bound and take away. */
import { dirname } from 'node:path';

import { OS_EXIT } from '../call-rules.ts';
import type { Scene } from './execution.ts';
import { lauxlib, lua, lualib, utf8, type LuaFunction, type LuaState } from './fengari.ts';
import { chargeCoroutine, keepHooksOn } from './instruction-budget.ts';
import { LUA51_PRELUDE } from './lua51.ts';
import { raise, raiseExit, takeErrorMessage } from './script-error.ts';
import { textOf } from './values.ts';

const {
  LUA_OK,
  lua_getfield,
  lua_gettop,
  lua_isstring,
  lua_newthread,
  lua_pop,
  lua_pushcfunction,
  lua_pushglobaltable,
  lua_pushnil,
  lua_pushstring,
  lua_resume,
  lua_setfield,
  lua_tocfunction,
  lua_tolstring,
  lua_xmove,
  lua_yield,
} = lua;

export interface LibraryOptions<C> {
  readonly scriptPath: string;
  /** Longest string that `string.rep` may build, in bytes; past it the script gets an error. */
  readonly maxRepeatBytes: number;
  readonly scene: Scene<C>;
}

/** What a routing script has no use for: the environment holds passwords, files are the operator's. */
const WITHHELD = [
  ['os', 'getenv'],
  ['os', 'remove'],
  ['os', 'rename'],
  ['os', 'tmpname'],
  ['debug', 'getregistry'],
] as const;

export function openLibraries<C>(L: LuaState, options: LibraryOptions<C>): void {
  const { scene, maxRepeatBytes } = options;
  lualib.luaL_openlibs(L);
  runPrelude(L);
  setPackagePath(L, dirname(options.scriptPath));

  replace(L, '_G', 'print', () => (state) => {
    const parts = Array.from({ length: lua_gettop(state) }, (_, index) => {
      const text = textOf(lauxlib.luaL_tolstring(state, index + 1));
      lua_pop(state, 1);
      return text;
    });
    scene.logger.info(parts.join('\t'), { callId: scene.active?.callId });
    return 0;
  });
  replace(L, 'os', 'exit', () => (state) => {
    scene.complain(state, OS_EXIT);
    return raiseExit(state);
  });
  for (const [library, name] of WITHHELD) {
    lua_pushglobaltable(L);
    lua_getfield(L, -1, utf8(library));
    lua_pushnil(L);
    lua_setfield(L, -2, utf8(name));
    lua_pop(L, 2);
  }
  replace(L, 'string', 'rep', (original) => (state) => {
    const count = lauxlib.luaL_checkinteger(state, 2);
    const unitBytes = lengthOf(state, 1) + lengthOf(state, 3);
    if (count > 0 && unitBytes * count > maxRepeatBytes) {
      raise(state, `string.rep: the result would be longer than ${maxRepeatBytes} bytes`);
    }
    return original(state);
  });
  replace(L, 'coroutine', 'yield', () => (state) => {
    if (state === scene.active?.thread) raise(state, 'attempt to yield from outside a coroutine');
    return lua_yield(state, lua_gettop(state));
  });
  for (const name of ['pcall', 'xpcall']) {
    replace(L, '_G', name, (original) => (state) => {
      keepHooksOn(state);
      return original(state);
    });
  }
  for (const name of ['create', 'wrap']) {
    replace(L, 'coroutine', name, (original) => (state) => {
      chargeCoroutine(scene);
      return original(state);
    });
  }
}

/** Replaces a library function by one that may call the original. */
function replace(L: LuaState, library: string, name: string, by: (original: LuaFunction) => LuaFunction): void {
  lua_pushglobaltable(L);
  lua_getfield(L, -1, utf8(library));
  lua_getfield(L, -1, utf8(name));
  const original = lua_tocfunction(L, -1)!;
  lua_pop(L, 1);
  lua_pushcfunction(L, by(original));
  lua_setfield(L, -2, utf8(name));
  lua_pop(L, 2);
}

/** Of a number as well: it is written as a text. */
function lengthOf(L: LuaState, index: number): number {
  return lua_isstring(L, index) ? lua_tolstring(L, index)!.length : 0;
}

function setPackagePath(L: LuaState, folder: string): void {
  lua_pushglobaltable(L);
  lua_getfield(L, -1, utf8('package'));
  lua_pushstring(L, utf8(`${folder}/?.lua;${folder}/?/init.lua`));
  lua_setfield(L, -2, utf8('path'));
  lua_pop(L, 2);
}

function runPrelude(L: LuaState): void {
  const source = utf8(LUA51_PRELUDE);
  const thread = lua_newthread(L);
  if (lauxlib.luaL_loadbuffer(L, source, source.length, utf8('=lua51')) !== LUA_OK) {
    throw new Error(`Lua prelude: ${takeErrorMessage(L)}`);
  }
  lua_xmove(L, thread, 1);
  lua_pop(L, 1);
  if (lua_resume(thread, null, 0) !== LUA_OK) throw new Error(`Lua prelude: ${takeErrorMessage(thread)}`);
}
