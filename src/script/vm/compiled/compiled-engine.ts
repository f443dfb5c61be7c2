import { AppError } from '../../../base/errors.ts';
import { openLibraries } from '../../../lua/library/open-libraries.ts';
import { Runtime } from '../../../lua/runtime/runtime.ts';
import { LuaTable } from '../../../lua/runtime/table.ts';
import type { LuaFunction, Table } from '../../../lua/runtime/value.ts';
import { labelOf } from '../call-rules.ts';
import type { RouteRun, RunOutcome, ScriptEngine } from '../engine.ts';
import type { EngineParts } from '../engine-parts.ts';
import { Executor } from './executor.ts';
import { snapshot } from './globals-snapshot.ts';
import { ksrTable } from './ksr-table.ts';
import { libraryHost } from './library-host.ts';
import { CompiledProgram } from './program.ts';
import { Scene } from './scene.ts';
import { failureOf } from './script-failure.ts';

/** Runs a Lua routing script that is compiled to JavaScript; see `ScriptEngine`. */
export class CompiledEngine<C extends RouteRun> implements ScriptEngine<C> {
  readonly #scene: Scene<C>;
  readonly #executor: Executor<C>;
  readonly #waiting: ReadonlySet<string>;
  /** `package.loaded` */
  readonly #loadedModules: Table;
  /** What `require` and `dofile` find their files in. */
  #program: CompiledProgram | undefined = undefined;

  constructor(parts: EngineParts<C>) {
    const runtime = new Runtime();
    this.#scene = new Scene(parts, runtime);
    this.#executor = new Executor(this.#scene);
    this.#waiting = new Set(parts.rows.filter(({ waits }) => waits).map(labelOf));
    openLibraries(runtime, libraryHost(this.#scene, () => this.#program));
    this.#loadedModules = ((runtime.globals.getField('package') as Table | undefined)?.getField('loaded') as Table) ?? new LuaTable();
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
    const { parts, runtime } = this.#scene;
    const program = new CompiledProgram(parts.path, this.#waiting);
    const before = this.#program;
    const restore = [runtime.globals, this.#loadedModules].map(snapshot);
    this.#program = program;
    try {
      this.#executor.runFile(program.main(runtime));
    } catch (thrown) {
      this.#program = before;
      for (const one of restore) one();
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
