/** What was thrown out of a compiled script, in words. */
import { errorText } from '../../../base/errors.ts';
import { LuaError, OutOfInstructions } from '../../../lua/runtime/lua-error.ts';
import { errorValue, framesOf, type LuaFrame } from '../../../lua/runtime/position.ts';
import { typeName } from '../../../lua/runtime/operations/metamethod.ts';
import { EXIT_TEXT, type LuaValue } from '../../../lua/runtime/value.ts';
import { internalError, outOfInstructions } from '../call-rules.ts';
import type { Place } from '../failure-log.ts';

interface ScriptFailure {
  readonly message: string;
  /** A fault of this program, not of the script. */
  readonly isInternal: boolean;
}

/** True for the exit that a `pcall` made an error, and that was raised again: the route ends, and has not failed. */
export function isExit(thrown: unknown): boolean {
  return thrown instanceof LuaError && thrown.value === EXIT_TEXT && errorValue(thrown) === EXIT_TEXT;
}

export function failureOf(thrown: unknown, maxInstructions: number): ScriptFailure {
  if (thrown instanceof OutOfInstructions) return { message: withPlace(thrown, outOfInstructions(maxInstructions)), isInternal: false };
  if (thrown instanceof LuaError) return { message: textOfError(errorValue(thrown)), isInternal: false };
  if (isStackOverflow(thrown)) return { message: withPlace(thrown, 'stack overflow'), isInternal: false };
  return { message: withPlace(thrown, internalError(errorText(thrown))), isInternal: true };
}

/** V8 says so when JavaScript's stack is used up, and has no other sign. */
export function isStackOverflow(thrown: unknown): thrown is RangeError {
  return thrown instanceof RangeError && thrown.message === 'Maximum call stack size exceeded';
}

export function placeOf<C extends { readonly callId: string }>(thrown: unknown, execution: { readonly name: string; readonly route: C | undefined }): Place {
  return { at: positionOf(thrown), callback: execution.name, callId: execution.route?.callId };
}

/** The message behind the place where an error was made. */
export function withPlace(thrown: unknown, message: string): string {
  return `${positionOf(thrown) ?? '?'}: ${message}`;
}

/** `file:line` of the innermost Lua function that ran when an error was made. */
function positionOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  return innermost(framesOf(thrown));
}

/** `file:line` of the innermost Lua function. */
export function innermost(frames: readonly (LuaFrame | undefined)[]): string | undefined {
  const frame = frames.find((one) => one !== undefined);
  return frame === undefined ? undefined : `${frame.source}:${frame.line}`;
}

function textOfError(value: LuaValue): string {
  // A `__tostring` of the script may itself fail: it is not called here.
  return typeof value === 'string' ? value : `(error object is a ${typeName(value)} value)`;
}
