import { CompiledEngine } from './compiled/compiled-engine.ts';
import { DeclinedScript } from './compiled/declined-script.ts';
import { engineParts, type EngineOptions, type EngineParts } from './engine-parts.ts';
import type { RouteRun, RunOutcome, ScriptEngine } from './engine.ts';
import { InterpreterEngine } from './interpreter/interpreter-engine.ts';

export type EngineKind = 'compiled' | 'interpreter';

export interface LuaEngineOptions<C> extends EngineOptions<C> {
  /** What runs the script. `compiled` is the default; a script that cannot be compiled is interpreted all the same. */
  readonly engine?: EngineKind;
}

/**
 * Runs a Lua routing script on one of the two engines. Which one it is stays the same after `load`: they share no
 * state, and a script's globals would be lost between them.
 */
export class LuaEngine<C extends RouteRun> implements ScriptEngine<C> {
  readonly #parts: EngineParts<C>;
  #engine: ScriptEngine<C>;
  #kind: EngineKind;

  constructor(options: LuaEngineOptions<C>) {
    this.#parts = engineParts(options);
    this.#kind = options.engine ?? 'compiled';
    this.#engine = this.#kind === 'compiled' ? new CompiledEngine(this.#parts) : new InterpreterEngine(this.#parts);
  }

  /** What runs the script now. */
  get kind(): EngineKind {
    return this.#kind;
  }

  /** How many routes wait for an answer now. */
  get parkedRuns(): number {
    return this.#parts.parked.count;
  }

  load(): void {
    try {
      this.#engine.load();
    } catch (thrown) {
      if (!(thrown instanceof DeclinedScript)) throw thrown;
      this.#parts.logger.warn(`The script is interpreted, which takes longer: ${thrown.reason}`);
      this.#kind = 'interpreter';
      this.#engine = new InterpreterEngine(this.#parts);
      this.#engine.load();
    }
  }

  /** @throws AppError `script.load`, also when the engine is the compiled one and the file can only be interpreted */
  reload(): void {
    this.#engine.reload();
  }

  has(name: string): boolean {
    return this.#engine.has(name);
  }

  run(name: string, run: C, argument?: string): RunOutcome {
    return this.#engine.run(name, run, argument);
  }
}
