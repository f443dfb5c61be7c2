/**
 * Builds the script's `KSR` table from rows, with app_lua's calling conventions. Every row becomes
 * its own function when the table is built, with its conversions chosen then: a call looks nothing
 * up by name on our side.
 */
import type { KsrValue, Row } from '../../row.ts';
import { INSIDE_CALLBACK, INSIDE_COROUTINE, labelOf, mostArguments, NO_NATIVE_ROUTES, noMessage, PROBED, waitFailure, wrongCount } from '../call-rules.ts';
import type { RouteRun } from '../engine.ts';
import type { Scene } from './execution.ts';
import { lua, utf8, type LuaFunction, type LuaState } from './fengari.ts';
import { raiseExit } from './script-error.ts';
import { intArgument, resultPush, textArgument } from './values.ts';

const {
  LUA_TNIL,
  lua_createtable,
  lua_getfield,
  lua_gettop,
  lua_isyieldable,
  lua_pop,
  lua_pushboolean,
  lua_pushcfunction,
  lua_pushnumber,
  lua_setfield,
  lua_yield,
} = lua;

type Result = KsrValue | void | Promise<KsrValue>;
type Invoke<C> = (L: LuaState, route: C) => Result;

/** Pushes a new `KSR` table with all rows and the engine's own `KSR.x`. */
export function pushKsrTable<C extends RouteRun>(L: LuaState, rows: readonly Row<C>[], scene: Scene<C>): void {
  lua_createtable(L, 0, 0);
  for (const row of rows) {
    setIn(L, row.module, row.name, row.waits ? waitingFunction(row, scene) : plainFunction(row, scene));
  }
  setIn(L, 'x', 'exit', raiseExit);
  setIn(L, 'x', 'drop', (state) => {
    scene.active?.route?.setDrop();
    return raiseExit(state);
  });
  setIn(L, 'x', 'modf', (state) => {
    // Functions of kamailio.cfg do not exist here, so every name is an unknown one.
    scene.complain(state, NO_NATIVE_ROUTES);
    lua_pushnumber(state, -1);
    return 1;
  });
  setIn(L, 'x', 'probe', () => {
    scene.logger.info(PROBED);
    return 0;
  });
}

/** Sets `KSR.module.name`, or `KSR.name` for the core, in the table on top of the stack. */
function setIn(L: LuaState, module: string, name: string, f: LuaFunction): void {
  if (module === '') {
    lua_pushcfunction(L, f);
    lua_setfield(L, -2, utf8(name));
    return;
  }
  if (lua_getfield(L, -1, utf8(module)) === LUA_TNIL) {
    lua_pop(L, 1);
    lua_createtable(L, 0, 0);
    lua_setfield(L, -2, utf8(module));
    lua_getfield(L, -1, utf8(module));
  }
  lua_pushcfunction(L, f);
  lua_setfield(L, -2, utf8(name));
  lua_pop(L, 1);
}

function plainFunction<C>(row: Row<C>, scene: Scene<C>): LuaFunction {
  const admit = admission(row, scene);
  const invoke = invoker(row);
  const push = resultPush(row.returns, row.params.length);
  return (L) => {
    const route = admit(L);
    if (route === undefined) lua_pushboolean(L, false);
    else push(L, invoke(L, route) as KsrValue | void);
    return 1;
  };
}

/**
 * A row that may have to wait. When its `run` gives a promise, the Lua thread of the route yields
 * and the engine resumes it with the value. Only the route's own thread can do so: inside a
 * coroutine of the script the yield would end in the script's `resume`, and inside a callback of
 * a library function (`table.sort`, `string.gsub`) or a metamethod there is nothing to resume.
 */
function waitingFunction<C>(row: Row<C>, scene: Scene<C>): LuaFunction {
  const label = labelOf(row);
  const admit = admission(row, scene);
  const invoke = invoker(row);
  const push = resultPush(row.returns, row.params.length);
  const pushFailure = (L: LuaState) => push(L, waitFailure(row));
  return (L) => {
    const route = admit(L);
    if (route === undefined) {
      lua_pushboolean(L, false);
      return 1;
    }
    const execution = scene.active!;
    const hindrance = hindranceToWait(L, execution.thread);
    if (hindrance !== undefined) scene.complain(L, `${label} not called: ${hindrance}`);
    if (hindrance !== undefined || !scene.parked.hasRoom(label, (message) => scene.complain(L, message))) {
      pushFailure(L);
      return 1;
    }
    const result = invoke(L, route);
    if (!(result instanceof Promise)) {
      push(L, result);
      return 1;
    }
    execution.waiting = { label, promise: result, push, pushFailure };
    return lua_yield(L, 0);
  };
}

function hindranceToWait(L: LuaState, routeThread: LuaState): string | undefined {
  if (L !== routeThread) return INSIDE_COROUTINE;
  if (!lua_isyieldable(L)) return INSIDE_CALLBACK;
  return undefined;
}

/**
 * The checks before a call: the argument count, and that there is a message to work on. Gives the
 * context, or undefined after a log line; the script then gets `false`.
 */
function admission<C>(row: Row<C>, scene: Scene<C>): (L: LuaState) => C | undefined {
  const label = labelOf(row);
  const least = row.params.length;
  const most = mostArguments(row);
  return (L) => {
    const given = lua_gettop(L);
    if (given < least || given > most) {
      scene.complain(L, wrongCount(label, given, least));
      return undefined;
    }
    const route = scene.active?.route;
    if (route === undefined) scene.complain(L, noMessage(label));
    return route;
  };
}

/** Reads the arguments off the stack and calls the row, without an array for the usual counts. */
function invoker<C>(row: Row<C>): Invoke<C> {
  const { run } = row;
  const readers = row.params.map((type) => (type === 'int' ? intArgument : textArgument));
  const [first, second, third] = readers;
  if (first === undefined) return (_L, route) => run(route);
  if (second === undefined) return (L, route) => run(route, first(L, 1));
  if (third === undefined) return (L, route) => run(route, first(L, 1), second(L, 2));
  if (readers.length === 3) return (L, route) => run(route, first(L, 1), second(L, 2), third(L, 3));
  return (L, route) => run(route, ...readers.map((read, index) => read(L, index + 1)));
}
