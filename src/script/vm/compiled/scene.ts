import type { Runtime } from '../../../lua/runtime/runtime.ts';
import { currentFrames } from '../../../lua/runtime/position.ts';
import type { RouteRun } from '../engine.ts';
import type { EngineParts } from '../engine-parts.ts';
import { innermost } from './script-failure.ts';

/**
 * What the functions that a script calls share with the engine: the execution that runs now. The engine
 * sets it around every entry into the script and restores the outer one behind it.
 */
export class Scene<C extends RouteRun> {
  readonly parts: EngineParts<C>;
  readonly runtime: Runtime;
  /** The context that rows get; undefined while the script file is executed, when there is no message. */
  route: C | undefined = undefined;
  /** The function that was called, for log lines. */
  callback: string | undefined = undefined;

  constructor(parts: EngineParts<C>, runtime: Runtime) {
    this.parts = parts;
    this.runtime = runtime;
  }

  /** Writes an error line with the script position of the caller, function and Call-ID. */
  complain(message: string): void {
    this.parts.failures.complain(message, { at: innermost(currentFrames()), callback: this.callback, callId: this.route?.callId });
  }
}
