/** Makes the execution of a script file all or nothing, as far as its global names go. */
import { lua, type LuaState } from './fengari.ts';

const { LUA_TNIL, lua_createtable, lua_next, lua_pop, lua_pushnil, lua_pushvalue, lua_rawget, lua_rawset } = lua;

/** Pushes a copy of the table at `index` (absolute): its entries, not what they refer to. */
export function pushSnapshot(L: LuaState, index: number): void {
  lua_createtable(L, 0, 0);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -5);
    lua_pop(L, 1);
  }
}

/** Gives the table at `index` exactly the entries of the snapshot at `snapshot` (both absolute). */
export function restoreSnapshot(L: LuaState, index: number, snapshot: number): void {
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    const known = lua_rawget(L, snapshot) !== LUA_TNIL;
    lua_pop(L, 1);
    if (known) continue;
    lua_pushvalue(L, -1);
    lua_pushnil(L);
    lua_rawset(L, index);
  }
  lua_pushnil(L);
  while (lua_next(L, snapshot)) {
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, index);
    lua_pop(L, 1);
  }
}
