/**
 * Runs a Lua routing script on fengari.
 *
 * Every route runs on its own Lua thread. A route that never waits runs from `run` to its end on
 * one stack, with no promise made. When a row has to wait, its thread yields, `run` returns
 * `parked`, and the thread is resumed when the promise settles; other routes run in between.
 */
import { AppError, errorText } from '../../../base/errors.ts';
import { EXIT_AT_LOAD, internalError } from '../call-rules.ts';
import type { RouteRun, RunOutcome, ScriptEngine } from '../engine.ts';
import type { EngineParts } from '../engine-parts.ts';
import type { Place } from '../failure-log.ts';
import { readScript } from '../script-file.ts';
import type { Execution, Scene, Waiting } from './execution.ts';
import { lauxlib, lua, utf8, type LuaState } from './fengari.ts';
import { pushSnapshot, restoreSnapshot } from './globals-snapshot.ts';
import { limitInstructions } from './instruction-budget.ts';
import { pushKsrTable } from './ksr-table.ts';
import { openLibraries } from './libraries.ts';
import { Names } from './names.ts';
import { pushFunctionOf } from './parse.ts';
import { errorMessage, isExit, positionIn } from './script-error.ts';
import { pushText } from './values.ts';

const {
  LUA_OK,
  LUA_YIELD,
  lua_atnativeerror,
  lua_getfield,
  lua_isfunction,
  lua_newthread,
  lua_pop,
  lua_pushglobaltable,
  lua_pushstring,
  lua_rawget,
  lua_resume,
  lua_setfield,
  lua_settop,
  lua_touserdata,
  lua_xmove,
} = lua;

/** Tables that stay at the bottom of the main thread's stack: `_G`, `package`, `package.loaded`. */
const GLOBALS = 1;
const PACKAGE = 2;
const LOADED_MODULES = 3;

/** See `ScriptEngine`; the bounds and their answers are those of the parts. */
export class InterpreterEngine<C extends RouteRun> implements ScriptEngine<C> {
  readonly #parts: EngineParts<C>;
  readonly #main: LuaState;
  readonly #names: Names;
  readonly #scene: Scene<C>;

  constructor(parts: EngineParts<C>) {
    this.#parts = parts;
    this.#scene = {
      active: undefined,
      parked: parts.parked,
      logger: parts.logger,
      complain: (L, message) => this.#complain(L, message, this.#scene.active),
    };
    const main = lauxlib.luaL_newstate();
    this.#main = main;
    this.#names = new Names(main);
    lua_atnativeerror(main, (L) => this.#onNativeError(L));
    openLibraries(main, {
      scriptPath: parts.path,
      maxRepeatBytes: parts.maxRepeatBytes,
      scene: this.#scene,
    });
    lua_pushglobaltable(main);
    lua_getfield(main, GLOBALS, utf8('package'));
    lua_getfield(main, PACKAGE, utf8('loaded'));
    pushKsrTable(main, parts.rows, this.#scene);
    lua_setfield(main, GLOBALS, utf8('KSR'));
    pushText(main, '2.0');
    lua_setfield(main, GLOBALS, utf8('KSRVERSION'));
    limitInstructions(main, this.#scene, parts.maxInstructions);
  }

  load(): void {
    this.#executeFile();
  }

  reload(): void {
    this.#executeFile();
  }

  has(name: string): boolean {
    const found = this.#pushFunction(name);
    lua_pop(this.#main, 1);
    return found;
  }

  run(name: string, run: C, argument?: string): RunOutcome {
    const main = this.#main;
    if (!this.#pushFunction(name)) {
      lua_pop(main, 1);
      return 'completed';
    }
    const execution = this.#newExecution(name, run);
    if (argument !== undefined) pushText(execution.thread, argument);
    return this.#proceed(execution, argument === undefined ? 0 : 1);
  }

  /** Pushes the global of that name, past metatables: a script may forbid undefined globals. */
  #pushFunction(name: string): boolean {
    this.#names.push(name);
    lua_rawget(this.#main, GLOBALS);
    return lua_isfunction(this.#main, -1);
  }

  /** Moves the function on top of the main stack to a thread of its own. */
  #newExecution(name: string, route: C | undefined): Execution<C> {
    const thread = lua_newthread(this.#main);
    // The execution holds the thread: JavaScript's collector sees it, Lua's stack need not.
    lua_pop(this.#main, 1);
    lua_xmove(this.#main, thread, 1);
    return { route, name, callId: route?.callId, thread, instructions: 0, waiting: undefined };
  }

  /** Starts or resumes the thread with the topmost values of its stack; nothing is thrown. */
  #enter(execution: Execution<C>, argumentCount: number): number {
    const scene = this.#scene;
    const outer = scene.active;
    scene.active = execution;
    try {
      // Naming the outer thread makes nested routes share one bound on the depth of the stack.
      return lua_resume(execution.thread, outer === undefined ? null : outer.thread, argumentCount);
    } finally {
      scene.active = outer;
    }
  }

  #proceed(execution: Execution<C>, argumentCount: number): RunOutcome {
    const status = this.#enter(execution, argumentCount);
    if (status === LUA_YIELD && execution.waiting !== undefined) {
      this.#park(execution, execution.waiting);
      return 'parked';
    }
    if (status !== LUA_OK) this.#onError(execution);
    return 'completed';
  }

  #park(execution: Execution<C>, waiting: Waiting): void {
    const { thread } = execution;
    execution.waiting = undefined;
    this.#parts.parked.enter();
    void waiting.promise
      .then((value) => waiting.push(thread, value))
      .catch((thrown: unknown) => {
        this.#complain(thread, `${waiting.label} failed: ${errorText(thrown)}`, execution);
        waiting.pushFailure(thread);
      })
      .then(() => this.#wake(execution));
  }

  #wake(execution: Execution<C>): void {
    this.#parts.parked.leave();
    if (this.#proceed(execution, 1) === 'completed' && execution.route !== undefined) this.#parts.failures.complete(execution.route);
  }

  #onError(execution: Execution<C>): void {
    const message = errorMessage(execution.thread);
    if (isExit(message) || execution.route === undefined) return;
    this.#parts.failures.scriptFailed(message, execution.route, placeOf(execution.thread, execution));
  }

  #executeFile(): void {
    const main = this.#main;
    const fault = pushFunctionOf(main, readScript(this.#parts.path));
    if (fault !== undefined) throw new AppError('script.load', `Cannot load the script: ${fault}`);
    const execution = this.#newExecution('script file', undefined);
    pushSnapshot(main, GLOBALS);
    pushSnapshot(main, LOADED_MODULES);
    const failed = this.#enter(execution, 0) !== LUA_OK;
    if (failed) {
      restoreSnapshot(main, GLOBALS, LOADED_MODULES + 1);
      restoreSnapshot(main, LOADED_MODULES, LOADED_MODULES + 2);
    }
    lua_settop(main, LOADED_MODULES);
    if (failed) throw this.#loadError(execution);
  }

  #loadError(execution: Execution<C>): AppError {
    const message = errorMessage(execution.thread);
    const position = positionIn(execution.thread);
    const text = isExit(message) ? `${position}: ${EXIT_AT_LOAD}` : message;
    return new AppError('script.load', `Cannot load the script: ${text}`);
  }

  /** A row threw: a fault of this program, not of the script. The script sees it as an error. */
  #onNativeError(L: LuaState): number {
    const thrown = lua_touserdata(L, 1);
    this.#parts.failures.rowThrew(thrown, this.#scene.active?.callId);
    lua_pushstring(L, utf8(`${positionIn(L) ?? '?'}: ${internalError(errorText(thrown))}`));
    return 1;
  }

  #complain(L: LuaState, message: string, execution: Execution<C> | undefined): void {
    this.#parts.failures.complain(message, placeOf(L, execution));
  }
}

function placeOf<C>(L: LuaState, execution: Execution<C> | undefined): Place {
  return { at: positionIn(L), callback: execution?.name, callId: execution?.callId };
}
