import { LuaError } from '../../../lua/runtime/lua-error.ts';
import { EXIT, isSuspension, type LuaFunction, type LuaValue, type Settled, type Suspension } from '../../../lua/runtime/value.ts';
import { errorText } from '../../../base/errors.ts';
import { EXIT_AT_LOAD } from '../call-rules.ts';
import type { RouteRun, RunOutcome } from '../engine.ts';
import { toLua } from './conversions.ts';
import type { Scene } from './scene.ts';
import { failureOf, isExit, placeOf } from './script-failure.ts';
import { Waiting } from './waiting-function.ts';

/** Routes that may run inside of one another: `t_relay` runs the branch route. Each takes some of JavaScript's stack. */
const MAX_NESTED = 100;

/** One run of a script function, or of the script file itself. */
interface Execution<C> {
  /** The context that rows get; undefined while the script file is executed. */
  readonly route: C | undefined;
  /** The function that was called, for log lines. */
  readonly name: string;
  /** Instructions left; current while the execution does not run. */
  fuel: number;
  /** The rest of a run that has waited. */
  suspension: Suspension | undefined;
}

/**
 * Runs functions of a compiled script. A route is a plain call: no promise, and nothing made but the record of the
 * execution. When a row has to wait, the generators that wait for it yield, `run` returns `parked`, and they go on when
 * the promise settles; other routes run in between.
 */
export class Executor<C extends RouteRun> {
  readonly #scene: Scene<C>;
  #depth = 0;

  constructor(scene: Scene<C>) {
    this.#scene = scene;
  }

  /** See `ScriptEngine.run`. */
  run(name: string, f: LuaFunction, route: C, argument: string | undefined): RunOutcome {
    return this.#proceed(this.#newExecution(name, route), f, argument);
  }

  /**
   * Runs the function of a script file, in which nothing waits.
   * @throws what the script throws
   */
  runFile(f: LuaFunction): void {
    const ended = this.#enter(this.#newExecution('script file', undefined), f, undefined);
    if (ended === EXIT) throw new LuaError(EXIT_AT_LOAD);
  }

  #newExecution(name: string, route: C | undefined): Execution<C> {
    return { route, name, fuel: this.#scene.parts.maxInstructions, suspension: undefined };
  }

  #proceed(execution: Execution<C>, f: LuaFunction | undefined, value: LuaValue): RunOutcome {
    try {
      const ended = this.#enter(execution, f, value);
      if (!(ended instanceof Waiting)) return 'completed';
      this.#park(execution, ended);
      return 'parked';
    } catch (thrown) {
      this.#onError(thrown, execution);
      return 'completed';
    }
  }

  /** Starts `f`, or goes on with what has waited; gives what it waits for now, or the result. */
  #enter(execution: Execution<C>, f: LuaFunction | undefined, value: LuaValue): Waiting | Settled {
    const scene = this.#scene;
    const { runtime } = scene;
    const { route, callback } = scene;
    const { fuel, coroutine, uninterruptible } = runtime;
    if (this.#depth === MAX_NESTED) throw new LuaError('stack overflow (routes within routes)');
    this.#depth += 1;
    scene.route = execution.route;
    scene.callback = execution.name;
    runtime.fuel = execution.fuel;
    runtime.coroutine = undefined;
    runtime.uninterruptible = 0;
    try {
      if (f === undefined) return stepOf(execution.suspension!, value);
      const returned = value === undefined ? f() : f(value);
      if (!isSuspension(returned)) return returned;
      execution.suspension = returned;
      return stepOf(returned, undefined);
    } finally {
      execution.fuel = runtime.fuel;
      this.#depth -= 1;
      scene.route = route;
      scene.callback = callback;
      runtime.fuel = fuel;
      runtime.coroutine = coroutine;
      runtime.uninterruptible = uninterruptible;
    }
  }

  #park(execution: Execution<C>, { label, promise, failure, place }: Waiting): void {
    const { parked, failures } = this.#scene.parts;
    parked.enter();
    void promise
      .then(toLua)
      .catch((thrown: unknown) => {
        failures.complain(`${label} failed: ${errorText(thrown)}`, placeOf(place, execution));
        return failure;
      })
      .then((answer) => this.#wake(execution, answer));
  }

  #wake(execution: Execution<C>, answer: LuaValue): void {
    const { parked, failures } = this.#scene.parts;
    parked.leave();
    if (this.#proceed(execution, undefined, answer) === 'completed') failures.complete(execution.route!);
  }

  #onError(thrown: unknown, execution: Execution<C>): void {
    if (isExit(thrown)) return;
    const { failures, maxInstructions } = this.#scene.parts;
    const failure = failureOf(thrown, maxInstructions);
    if (failure.isInternal) failures.rowThrew(thrown, execution.route?.callId);
    failures.scriptFailed(failure.message, execution.route!, placeOf(thrown, execution));
  }
}

function stepOf(suspension: Suspension, value: LuaValue): Waiting | Settled {
  const step = suspension.next(value);
  // Nothing else is yielded out of a route: `coroutine.yield` does it inside of coroutines only.
  return step.done === true ? step.value : (step.value as Waiting);
}
