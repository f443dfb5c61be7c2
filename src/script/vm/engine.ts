/**
 * What the rest of the program knows of a script engine. Nothing here names Lua: an engine for
 * another language, or the same Lua compiled, implements the same interface.
 */

/** How a call of a script function ended, seen from the caller of `run`. */
export type RunOutcome = 'completed' | 'parked';

/**
 * What an engine needs of the context of one route execution. The same object is the first
 * argument of every row the route calls; the engine keeps it with the execution and gives it to no
 * other.
 */
export interface RouteRun {
  /** Call-ID of the message that is routed, for log lines. */
  readonly callId: string;
  /** Set by the engine when the script failed: error, or stopped for using too many instructions. */
  failed: boolean;
  /** `KSR.x.drop()`: marks the message as dropped; the engine then ends the route. */
  setDrop(): void;
  /** Called once when a parked route has ended. Never called when `run` returned `completed`. */
  onCompleted(): void;
}

/**
 * Runs the functions of one routing script. Not reentrant across threads, but a row may call `run`
 * again while a route is running (`t_relay` runs the branch route).
 */
export interface ScriptEngine<C extends RouteRun> {
  /**
   * Reads and executes the script file.
   * @throws AppError `script.load` when it cannot be read, parsed or executed
   */
  load(): void;
  /**
   * Executes the file again in the same state: globals survive, functions that the file no longer
   * has stay defined, `require`d modules stay loaded (KEMI semantics). Routes that are parked go on
   * with the functions they started with.
   * @throws AppError `script.load`; what was there before the attempt then goes on serving
   */
  reload(): void;
  /** True when the script has a global function of that name. */
  has(name: string): boolean;
  /**
   * Calls the global function `name`, with `argument` when the callback takes one. A missing
   * function does nothing, as KEMI has it for callbacks: ask `has` where that is an error.
   * Errors inside the script are logged and set `run.failed`; they are never thrown.
   */
  run(name: string, run: C, argument?: string): RunOutcome;
}
