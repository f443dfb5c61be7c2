/**
 * Runs a Lua routing script on fengari.
 *
 * Every route runs on its own Lua thread. A route that never waits runs from `run` to its end on
 * one stack, with no promise made. When a row has to wait, its thread yields, `run` returns
 * `parked`, and the thread is resumed when the promise settles; other routes run in between.
 */
import { Counters, type Counter } from '../../base/counters.ts';
import { AppError, errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Row } from '../row.ts';
import type { RouteRun, RunOutcome, ScriptEngine } from './engine.ts';
import type { Execution, Scene, Waiting } from './execution.ts';
import { lauxlib, lua, utf8, type LuaState } from './fengari.ts';
import { pushSnapshot, restoreSnapshot } from './globals-snapshot.ts';
import { limitInstructions } from './instruction-budget.ts';
import { pushKsrTable } from './ksr-table.ts';
import { openLibraries } from './libraries.ts';
import { errorMessage, isExit, positionIn, takeErrorMessage } from './script-error.ts';
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

export interface LuaEngineOptions<C> {
  /** The script file. `require` looks in its folder. */
  readonly path: string;
  readonly rows: readonly Row<C>[];
  readonly logger: Logger;
  readonly counters?: Counters;
  /** Instructions that one route, or the script file itself, may execute; past it the route fails. */
  readonly maxInstructions?: number;
  /** Routes that may wait at one time; past it a function that waits gives -1 and is not called. */
  readonly maxParkedRuns?: number;
  /** Longest result of `string.rep` in bytes. */
  readonly maxRepeatBytes?: number;
}

/** See `ScriptEngine`; the bounds and their answers are those of the options. */
export class LuaEngine<C extends RouteRun> implements ScriptEngine<C> {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #main: LuaState;
  readonly #scene: Scene<C>;
  readonly #errors: Counter;

  constructor(options: LuaEngineOptions<C>) {
    this.#path = options.path;
    this.#logger = options.logger;
    const counters = options.counters ?? new Counters();
    this.#errors = counters.define('script.errors', 'Routes that ended with an error in the script');
    this.#scene = {
      active: undefined,
      parked: 0,
      maxParked: options.maxParkedRuns ?? 1_000,
      refusedWaits: counters.define('script.waits.refused', 'Calls of functions that wait, refused at the bound'),
      full: false,
      logger: options.logger,
      complain: (L, message) => this.#complain(L, message, this.#scene.active),
    };
    const main = lauxlib.luaL_newstate();
    this.#main = main;
    lua_atnativeerror(main, (L) => this.#onNativeError(L));
    openLibraries(main, {
      scriptPath: options.path,
      maxRepeatBytes: options.maxRepeatBytes ?? 1_048_576,
      scene: this.#scene,
    });
    lua_pushglobaltable(main);
    lua_getfield(main, GLOBALS, utf8('package'));
    lua_getfield(main, PACKAGE, utf8('loaded'));
    pushKsrTable(main, options.rows, this.#scene);
    lua_setfield(main, GLOBALS, utf8('KSR'));
    pushText(main, '2.0');
    lua_setfield(main, GLOBALS, utf8('KSRVERSION'));
    limitInstructions(main, this.#scene, options.maxInstructions ?? 1_000_000);
  }

  /** How many routes wait for an answer now. */
  get parkedRuns(): number {
    return this.#scene.parked;
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
    pushText(this.#main, name);
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
    this.#scene.parked += 1;
    void waiting.promise
      .then((value) => waiting.push(thread, value))
      .catch((thrown: unknown) => {
        this.#complain(thread, `${waiting.label} failed: ${errorText(thrown)}`, execution);
        waiting.pushFailure(thread);
      })
      .then(() => this.#wake(execution));
  }

  #wake(execution: Execution<C>): void {
    const scene = this.#scene;
    scene.parked -= 1;
    if (scene.parked * 2 < scene.maxParked) scene.full = false;
    if (this.#proceed(execution, 1) === 'parked') return;
    try {
      execution.route?.onCompleted();
    } catch (thrown) {
      this.#logger.error(`onCompleted failed: ${errorText(thrown)}`, { callId: execution.callId });
    }
  }

  #onError(execution: Execution<C>): void {
    const message = errorMessage(execution.thread);
    if (isExit(message)) return;
    this.#errors.value += 1;
    if (execution.route !== undefined) execution.route.failed = true;
    this.#complain(execution.thread, `script error: ${message}`, execution);
  }

  #executeFile(): void {
    const main = this.#main;
    if (lauxlib.luaL_loadfilex(main, utf8(this.#path), utf8('t')) !== LUA_OK) {
      throw new AppError('script.load', `Cannot load the script: ${takeErrorMessage(main)}`);
    }
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
    const text = isExit(message) ? `${position}: KSR.x.exit() called while the file was executed` : message;
    return new AppError('script.load', `Cannot load the script: ${text}`);
  }

  /** A row threw: a fault of this program, not of the script. The script sees it as an error. */
  #onNativeError(L: LuaState): number {
    const thrown = lua_touserdata(L, 1);
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    this.#logger.error('A KSR function threw', { callId: this.#scene.active?.callId, stack });
    lua_pushstring(L, utf8(`${positionIn(L) ?? '?'}: internal error: ${errorText(thrown)}`));
    return 1;
  }

  #complain(L: LuaState, message: string, execution: Execution<C> | undefined): void {
    this.#logger.error(message, { at: positionIn(L), function: execution?.name, callId: execution?.callId });
  }
}
