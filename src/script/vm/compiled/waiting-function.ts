import { LuaError } from '../../../lua/runtime/lua-error.ts';
import { type LuaFunction, type LuaValue, type Suspension } from '../../../lua/runtime/value.ts';
import type { KsrValue, Row } from '../../row.ts';
import { INSIDE_CALLBACK, INSIDE_COROUTINE, waitFailure } from '../call-rules.ts';
import type { RouteRun } from '../engine.ts';
import { CallChecks } from './call-checks.ts';
import { toLua } from './conversions.ts';
import { argumentReader } from './row-function.ts';
import type { Scene } from './scene.ts';

/** What a route that waits yields to the engine; it wants the value of the promise for it, or `failure`. */
export class Waiting {
  readonly label: string;
  readonly promise: Promise<KsrValue | void>;
  readonly failure: LuaValue;
  /** Keeps the place of the call, for a log line. */
  readonly place = new LuaError('');

  constructor(label: string, promise: Promise<KsrValue | void>, failure: LuaValue) {
    this.label = label;
    this.promise = promise;
    this.failure = failure;
  }
}

/**
 * The function for a row that may have to wait: when its `run` gives a promise, the route yields and the engine goes on
 * with it later. Only the route itself can do so: inside a coroutine of the script the yield would end in the script's
 * `resume`, and inside a callback of a library function (`table.sort`, `string.gsub`) or a metamethod there is nothing
 * to go on with.
 */
export function waitingFunction<C extends RouteRun>(row: Row<C>, scene: Scene<C>): LuaFunction {
  const checks = new CallChecks(row, scene);
  const read = argumentReader(row);
  const failure = waitFailure(row);
  const { runtime, parts } = scene;
  const complain = (message: string) => scene.complain(message);

  const mayWait = (): boolean => {
    const hindrance = runtime.coroutine !== undefined ? INSIDE_COROUTINE : runtime.uninterruptible > 0 ? INSIDE_CALLBACK : undefined;
    if (hindrance === undefined) return parts.parked.hasRoom(checks.label, complain);
    complain(`${checks.label} not called: ${hindrance}`);
    return false;
  };

  return (...args) => {
    if ((args.length !== row.params.length || scene.route === undefined) && checks.refuses(args.length)) return false;
    if (!mayWait()) return failure;
    const result = row.run(scene.route!, ...read(args));
    return result instanceof Promise ? answerOf(new Waiting(checks.label, result, failure)) : toLua(result);
  };
}

function* answerOf(waiting: Waiting): Suspension {
  return (yield waiting) as LuaValue;
}
