/** app_lua's rules for a call of a row, and what is logged where one is broken; the script then gets `false`. */
import type { Row } from '../row.ts';

/** Arguments beyond the declared ones are ignored up to this many in all; past it the call is refused. */
const MAX_ARGUMENTS = 6;

/** The row's name as scripts have it. */
export function labelOf<C>(row: Row<C>): string {
  return row.module === '' ? `KSR.${row.name}` : `KSR.${row.module}.${row.name}`;
}

/** The most arguments that a call may give. A function without parameters takes none at all. */
export function mostArguments<C>({ params }: Row<C>): number {
  return params.length === 0 ? 0 : MAX_ARGUMENTS;
}

export function wrongCount(label: string, given: number, declared: number): string {
  return `${label} not called: ${given} arguments given, ${declared} declared`;
}

export function noMessage(label: string): string {
  return `${label} not called: no SIP message while the script is loaded`;
}

export const INSIDE_COROUTINE = 'a function that waits cannot be called inside a coroutine of the script';
export const INSIDE_CALLBACK = 'a function that waits cannot be called inside a metamethod or a library callback';

/** What a waiting row gives when it fails: -1, and `false` where the row is `bool`, for -1 would be true. */
export function waitFailure<C>(row: Row<C>): false | -1 {
  return row.returns === 'bool' ? false : -1;
}

export const NO_NATIVE_ROUTES = 'KSR.x.modf: there is no function of the native configuration to call';
export const PROBED = 'KSR.x.probe called by the script';
export const OS_EXIT = 'os.exit() in a routing script ends the route, not the server';

export function outOfInstructions(budget: number): string {
  return `script stopped after ${budget} instructions`;
}

export function internalError(reason: string): string {
  return `internal error: ${reason}`;
}

export const EXIT_AT_LOAD = 'KSR.x.exit() called while the file was executed';
