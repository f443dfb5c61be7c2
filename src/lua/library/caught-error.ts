import { LuaError, OutOfInstructions } from '../runtime/lua-error.ts';
import { errorValue, framesOf } from '../runtime/position.ts';
import type { LuaValue } from '../runtime/value.ts';
import type { LibraryHost } from './host.ts';

/**
 * The error value of what was thrown, for who catches errors in a script.
 * @throws OutOfInstructions again: nobody may go on after it
 */
export function caughtError(host: LibraryHost, thrown: unknown): LuaValue {
  if (thrown instanceof OutOfInstructions) throw thrown;
  if (thrown instanceof LuaError) return errorValue(thrown);
  // V8 has no other sign of a full stack than this text; its other range errors are texts and lists that are too long.
  if (thrown instanceof RangeError) {
    return withPosition(thrown, thrown.message === 'Maximum call stack size exceeded' ? 'stack overflow' : 'not enough memory');
  }
  return host.internalError(thrown);
}

function withPosition(error: Error, text: string): string {
  const frame = framesOf(error).find((one) => one !== undefined);
  return frame === undefined ? text : `${frame.source}:${frame.line}: ${text}`;
}
