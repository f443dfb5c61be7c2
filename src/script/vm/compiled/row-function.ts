import type { LuaFunction, LuaValue } from '../../../lua/runtime/value.ts';
import type { KsrValue, Row } from '../../row.ts';
import type { RouteRun } from '../engine.ts';
import { CallChecks } from './call-checks.ts';
import { intArgument as int, textArgument as str, toLua } from './conversions.ts';
import type { Scene } from './scene.ts';

/** A row's `run`, once it is known to return no promise. */
type Run<C> = (context: C, ...args: (number | string)[]) => KsrValue | void;

/**
 * The function that compiled scripts call for a row that never waits.
 *
 * This is the hottest code of the program, some 150 calls for one phone call. So each usual list of parameter types has
 * a literal of its own: a call makes no array, and converts nothing that has its type already.
 */
export function rowFunction<C extends RouteRun>(row: Row<C>, scene: Scene<C>): LuaFunction {
  const checks = new CallChecks(row, scene);
  const run = row.returns === 'none' ? withoutResult(row) : (row.run as Run<C>);
  switch (row.params.join(' ')) {
    case '':
      return function () {
        if ((arguments.length !== 0 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!));
      };
    case 'str':
      return function (a) {
        if ((arguments.length !== 1 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!, str(a)));
      };
    case 'int':
      return function (a) {
        if ((arguments.length !== 1 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!, int(a)));
      };
    case 'str str':
      return function (a, b) {
        if ((arguments.length !== 2 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!, str(a), str(b)));
      };
    case 'str int':
      return function (a, b) {
        if ((arguments.length !== 2 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!, str(a), int(b)));
      };
    case 'int str':
      return function (a, b) {
        if ((arguments.length !== 2 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!, int(a), str(b)));
      };
    case 'int int':
      return function (a, b) {
        if ((arguments.length !== 2 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!, int(a), int(b)));
      };
    case 'str str str':
      return function (a, b, c) {
        if ((arguments.length !== 3 || scene.route === undefined) && checks.refuses(arguments.length)) return false;
        return toLua(run(scene.route!, str(a), str(b), str(c)));
      };
    default: {
      const read = argumentReader(row);
      return (...args) => {
        if ((args.length !== row.params.length || scene.route === undefined) && checks.refuses(args.length)) return false;
        return toLua(run(scene.route!, ...read(args)));
      };
    }
  }
}

/** Reads the arguments of any list of types, for rows whose call is rare or long. */
export function argumentReader<C>({ params }: Row<C>): (args: readonly LuaValue[]) => (number | string)[] {
  const readers = params.map((type) => (type === 'int' ? int : str));
  return (args) => readers.map((read, index) => read(args[index]));
}

/** A row that returns nothing gives 0, or `false` when it has no parameter: an accident of app_lua. */
function withoutResult<C>(row: Row<C>): Run<C> {
  const result = row.params.length === 0 ? false : 0;
  return (context, ...args) => {
    void row.run(context, ...args);
    return result;
  };
}
