import { AppError } from '../../../base/errors.ts';
import { Runtime } from '../../../lua/runtime/runtime.ts';
import type { LuaFunction } from '../../../lua/runtime/value.ts';
import type { RouteRun, RunOutcome, ScriptEngine } from '../engine.ts';
import type { EngineParts } from '../engine-parts.ts';
import { compileScript } from './compile-script.ts';
import { Executor } from './executor.ts';
import { snapshot } from './globals-snapshot.ts';
import { ksrTable } from './ksr-table.ts';
import { Scene } from './scene.ts';
import { failureOf } from './script-failure.ts';

/** Runs a Lua routing script that is compiled to JavaScript; see `ScriptEngine`. */
export class CompiledEngine<C extends RouteRun> implements ScriptEngine<C> {
  readonly #scene: Scene<C>;
  readonly #executor: Executor<C>;

  constructor(parts: EngineParts<C>) {
    const runtime = new Runtime();
    this.#scene = new Scene(parts, runtime);
    this.#executor = new Executor(this.#scene);
    runtime.globals.setField('KSR', ksrTable(this.#scene));
    runtime.globals.setField('KSRVERSION', '2.0');
  }

  /** @throws AppError `script.load`; DeclinedScript, before anything of the script was executed */
  load(): void {
    this.#executeFile();
  }

  reload(): void {
    this.#executeFile();
  }

  has(name: string): boolean {
    return this.#callback(name) !== undefined;
  }

  run(name: string, run: C, argument?: string): RunOutcome {
    const f = this.#callback(name);
    return f === undefined ? 'completed' : this.#executor.run(name, f, run, argument);
  }

  /** The global of that name, past metatables: a script may forbid undefined globals. */
  #callback(name: string): LuaFunction | undefined {
    const value = this.#scene.runtime.globals.getField(name);
    return typeof value === 'function' ? value : undefined;
  }

  #executeFile(): void {
    const main = compileScript(this.#scene);
    const restoreGlobals = snapshot(this.#scene.runtime.globals);
    try {
      this.#executor.runFile(main);
    } catch (thrown) {
      restoreGlobals();
      throw this.#loadError(thrown);
    }
  }

  #loadError(thrown: unknown): AppError {
    const { failures, maxInstructions } = this.#scene.parts;
    const failure = failureOf(thrown, maxInstructions);
    if (failure.isInternal) failures.rowThrew(thrown, undefined);
    return new AppError('script.load', `Cannot load the script: ${failure.message}`);
  }
}
