import { LuaError } from './lua-error.ts';
import { EXIT, isSuspension, type Returned, type Settled } from './value.ts';

/**
 * Has a call ended the route? Compiled code asks about objects only.
 * @throws LuaError for a suspension: the function that called was compiled as one that never waits, which a reload can
 *   make wrong for functions of the script before
 */
export function ended(returned: Returned): returned is typeof EXIT {
  if (returned === EXIT) return true;
  if (isSuspension(returned as Settled)) throw new LuaError('a function that waits was called where the script did not expect one');
  return false;
}
