import { AppError } from '../../../base/errors.ts';
import type { LuaFunction } from '../../../lua/runtime/value.ts';
import type { RouteRun } from '../engine.ts';
import { syntaxErrorOf } from '../interpreter/parse.ts';
import { readScript } from '../script-file.ts';
import { DeclinedScript } from './declined-script.ts';
import type { Scene } from './scene.ts';

/**
 * Makes the function of a script's main file.
 *
 * @throws AppError `script.load` when it cannot be read or has a syntax error; DeclinedScript when it can only be interpreted
 */
export function compileScript<C extends RouteRun>(scene: Scene<C>): LuaFunction {
  const file = readScript(scene.parts.path);
  // The interpreter's parser speaks: what is wrong has the same words on both engines.
  const fault = syntaxErrorOf(file);
  if (fault !== undefined) throw new AppError('script.load', `Cannot load the script: ${fault}`);
  throw new DeclinedScript('the compiler is not there');
}
