/** Calls library functions from tests: ours, and those of fengari with the same arguments. */
import assert from 'node:assert/strict';

import { openLibraries } from '../../../src/lua/library/open-libraries.ts';
import type { LibraryHost } from '../../../src/lua/library/host.ts';
import { LuaError } from '../../../src/lua/runtime/lua-error.ts';
import { errorValue } from '../../../src/lua/runtime/position.ts';
import { Runtime } from '../../../src/lua/runtime/runtime.ts';
import { LuaTable } from '../../../src/lua/runtime/table.ts';
import { all, EXIT, isSuspension, type LuaFunction, type LuaValue, type Results, type Table } from '../../../src/lua/runtime/value.ts';
import { lauxlib, lua, lualib, utf8, type LuaState } from '../../../src/script/vm/interpreter/fengari.ts';
import { LUA51_PRELUDE } from '../../../src/script/vm/interpreter/lua51.ts';
import { pushText, textOf } from '../../../src/script/vm/interpreter/values.ts';
import { differs, ourText } from './differences.ts';

/** What a call gave: its values, or the text of its error. Tables are compared as lists of their entries. */
export type Outcome = { readonly values: readonly Plain[] } | { readonly error: Plain };
/** A value that both engines can be given and asked for. */
export type Plain = undefined | boolean | number | string | readonly Plain[];

export class RecordingHost implements LibraryHost {
  readonly printed: string[] = [];
  readonly complaints: string[] = [];
  readonly internalErrors: unknown[] = [];
  readonly modules = new Map<string, LuaFunction>();
  readonly maxRepeatBytes = 1_000_000;
  timeMs = 0;

  print(line: string): void {
    this.printed.push(line);
  }

  nowMs(): number {
    return this.timeMs;
  }

  monotonicMs(): number {
    return this.timeMs;
  }

  complain(message: string): void {
    this.complaints.push(message);
  }

  internalError(thrown: unknown): string {
    this.internalErrors.push(thrown);
    return `internal error: ${String(thrown)}`;
  }

  loadModule(name: string): LuaFunction | undefined {
    return this.modules.get(name);
  }

  loadFile(path: string): LuaFunction | undefined {
    return this.modules.get(path);
  }
}

export interface Opened {
  readonly runtime: Runtime;
  readonly host: RecordingHost;
  /** The function under a path like `string.find`. */
  get(path: string): LuaFunction;
  /** All results of a call that does not wait. */
  call(path: string, ...args: LuaValue[]): Results;
}

export function opened(): Opened {
  const runtime = new Runtime();
  runtime.fuel = Number.MAX_SAFE_INTEGER;
  const host = new RecordingHost();
  openLibraries(runtime, host);
  const get = (path: string): LuaFunction => {
    const value = path.split('.').reduce<LuaValue>((from, name) => (from as Table).get(name), runtime.globals);
    assert.ok(typeof value === 'function', `${path} is no function`);
    return value;
  };
  const call = (path: string, ...args: LuaValue[]): Results => {
    const returned = get(path)(...args);
    assert.ok(!isSuspension(returned) && returned !== EXIT);
    return all(returned as LuaValue | Results);
  };
  return { runtime, host, get, call };
}

/** The text of the error that an action raises. */
export function errorOf(action: () => unknown): LuaValue {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof LuaError) return errorValue(thrown);
    throw thrown;
  }
  return assert.fail('no error');
}

export function listOf(...values: LuaValue[]): Table {
  const table = new LuaTable<LuaValue>();
  values.forEach((value, offset) => table.set(offset + 1, value));
  return table;
}

export function tableOf(fields: Readonly<Record<string, LuaValue>>): Table {
  const table = new LuaTable<LuaValue>();
  for (const [key, value] of Object.entries(fields)) table.set(key, value);
  return table;
}

function toLua(value: Plain): LuaValue {
  return Array.isArray(value) ? listOf(...(value as readonly Plain[]).map(toLua)) : (value as LuaValue);
}

function toPlain(value: LuaValue): Plain {
  if (value instanceof LuaTable) {
    // Up to the first nil: with holes, tables have several lengths.
    const values = Array.from({ length: value.length }, (_, offset) => value.get(offset + 1));
    const hole = values.indexOf(undefined);
    return values.slice(0, hole < 0 ? values.length : hole).map(toPlain);
  }
  return typeof value === 'function' ? 'a function' : (value as Plain);
}

const ours = opened();

/** What our function gives. Lists that it is given and changes are among the values. */
export function ourOutcome(path: string, args: readonly Plain[]): Outcome {
  const given = args.map(toLua);
  try {
    return { values: [...ours.call(path, ...given), ...given.filter((value) => value instanceof LuaTable)].map(toPlain) };
  } catch (thrown) {
    if (!(thrown instanceof LuaError)) throw thrown;
    return { error: toPlain(errorValue(thrown)) };
  }
}

const fengari = newFengari();

function newFengari(): LuaState {
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  const source = utf8(LUA51_PRELUDE);
  assert.equal(lauxlib.luaL_loadbuffer(state, source, source.length, utf8('=lua51')), lua.LUA_OK);
  const thread = lua.lua_newthread(state);
  lua.lua_pushvalue(state, -2);
  lua.lua_xmove(state, thread, 1);
  assert.equal(lua.lua_resume(thread, null, 0), lua.LUA_OK);
  lua.lua_settop(state, 0);
  return state;
}

/** What fengari's function of that name gives, with its numbers patched as in production. */
export function fengariOutcome(path: string, args: readonly Plain[]): Outcome {
  lua.lua_settop(fengari, 0);
  const thread = lua.lua_newthread(fengari);
  lua.lua_pushglobaltable(thread);
  lua.lua_getfield(thread, 1, utf8('pcall'));
  lua.lua_pushvalue(thread, 1);
  for (const name of path.split('.')) lua.lua_getfield(thread, -1, utf8(name));
  const pathLength = path.split('.').length;
  lua.lua_xmove(thread, fengari, 1);
  lua.lua_pop(thread, pathLength);
  lua.lua_xmove(fengari, thread, 1);
  const tables: number[] = [];
  for (const value of args) {
    pushPlain(thread, value);
    if (Array.isArray(value)) tables.push(lua.lua_gettop(thread));
  }
  for (const at of tables) {
    // Kept below the call, to look at them afterwards.
    lua.lua_pushvalue(thread, at);
    lua.lua_xmove(thread, fengari, 1);
  }
  assert.equal(lua.lua_resume(thread, null, args.length + 1), lua.LUA_OK, 'fengari failed');
  // A finished thread has its results on top of what was below the call.
  const results = Array.from({ length: lua.lua_gettop(thread) - 1 }, (_, offset) => popPlainAt(thread, offset + 2));
  if (results[0] === false) {
    const error = results[1];
    return { error: typeof error === 'string' ? ourText(error) : error };
  }
  const changed = tables.map((_, offset) => popPlainAt(fengari, 2 + offset));
  return { values: [...results.slice(1), ...changed] };
}

function pushPlain(L: LuaState, value: Plain): void {
  if (value === undefined) lua.lua_pushnil(L);
  else if (typeof value === 'boolean') lua.lua_pushboolean(L, value);
  else if (typeof value === 'number') lua.lua_pushnumber(L, value);
  else if (typeof value === 'string') pushText(L, value);
  else {
    lua.lua_createtable(L, value.length, 0);
    value.forEach((inner, offset) => {
      pushPlain(L, inner);
      lua.lua_rawseti(L, -2, offset + 1);
    });
  }
}

function popPlainAt(L: LuaState, at: number): Plain {
  const type = lua.lua_type(L, at);
  if (type === lua.LUA_TNIL) return undefined;
  if (type === lua.LUA_TSTRING) return textOf(lua.lua_tolstring(L, at)!);
  if (type === lua.LUA_TNUMBER) return lua.lua_tonumberx(L, at) as number;
  const name = textOf(lauxlib.luaL_typename(L, at));
  if (name === 'boolean') return lua.lua_toboolean(L, at);
  if (name !== 'table') return `a ${name}`;
  const list: Plain[] = [];
  for (;;) {
    lua.lua_pushvalue(L, at);
    lua.lua_pushnumber(L, list.length + 1);
    lua.lua_rawget(L, -2);
    const value = popPlainAt(L, lua.lua_gettop(L));
    lua.lua_pop(L, 2);
    if (value === undefined) return list;
    list.push(value);
  }
}

/** Both give the same, but for what `differences.ts` lists. */
export function agree(path: string, ...args: readonly Plain[]): void {
  if (differs(path, args)) return;
  assert.deepEqual(ourOutcome(path, args), fengariOutcome(path, args), `${path}(${JSON.stringify(args)})`);
}
