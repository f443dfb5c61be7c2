/**
 * Lua values as compiled code has them, and how its functions call each other.
 *
 * | Lua | JavaScript |
 * |---|---|
 * | nil | `undefined` |
 * | boolean | `boolean` |
 * | number | `number`: always a double; one without a fraction counts as an integer (see `number.ts`) |
 * | string | a one-byte string: every character is a byte, 0 to 255 |
 * | table | `Table`, made by `new LuaTable()` |
 * | function | a JavaScript function, see `LuaFunction` |
 * | thread | `Coroutine` |
 */
import type { LuaTable } from './table.ts';

export type LuaValue = undefined | boolean | number | string | Table | LuaFunction | Coroutine;
export type Table = LuaTable<LuaValue>;

/** What a function that gives other than one value returns: the values in a new array. */
export type Results = readonly LuaValue[];

/**
 * A function that may be called from Lua: arguments are arguments, and the result is
 *
 * - a value, when there is exactly one,
 * - an array of values (`Results`), when there are more or none (`NONE`),
 * - `EXIT`: the route ends here, and whoever called returns `EXIT` too,
 * - a generator (`Suspension`): the function may have to wait. Who may wait himself delegates to it
 *   (`yield*`), and what the generator returns is the result as above, never a generator again;
 *   who may not wait calls `finishAtOnce`.
 *
 * Errors are thrown, as `LuaError`.
 */
export type LuaFunction = (...args: LuaValue[]) => Returned;
export type Returned = LuaValue | Results | typeof EXIT | Suspension;
export type Settled = LuaValue | Results | typeof EXIT;

/** A call that waits. It yields what it waits for, a value of the host or of `coroutine.yield`, and gets the answer. */
export type Suspension = Generator<unknown, Settled, unknown>;

/** No result at all. */
export const NONE: Results = Object.freeze([]);

class Exit {
  readonly endsTheRoute = true;
}
/**
 * Ends the whole route without an error. A value that is returned and not an exception, because V8 never
 * optimises a function that always leaves by `throw`: measured, 62 against 26 µs a call.
 */
export const EXIT = Object.freeze(new Exit());

// What all generators inherit from, so that `instanceof` knows one.
function AnyGenerator(): void {}
AnyGenerator.prototype = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as object;

export function isSuspension(returned: Returned): returned is Suspension {
  return returned instanceof (AnyGenerator as unknown as new () => Suspension);
}

/** How `pcall` and coroutines see `EXIT`: as an error with this text, as in Kamailio. Raised again by `error(e, 0)`, it is `EXIT` again. */
export const EXIT_TEXT = '~~ksr~exit~~';

/** The first of the values, or nil. Not for `EXIT` and suspensions. */
export function first(settled: Exclude<Settled, typeof EXIT>): LuaValue {
  return Array.isArray(settled) ? (settled as Results)[0] : (settled as LuaValue);
}

/** All of the values. Not for `EXIT` and suspensions. */
export function all(settled: Exclude<Settled, typeof EXIT>): Results {
  return Array.isArray(settled) ? (settled as Results) : [settled as LuaValue];
}

/** Everything but nil and false. */
export function isTrue(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

export type CoroutineStatus = 'suspended' | 'running' | 'normal' | 'dead';

/** A coroutine of the script (`coroutine.create`). */
export class Coroutine {
  status: CoroutineStatus = 'suspended';
  /** What to call at the first resume; undefined afterwards. */
  body: LuaFunction | undefined;
  /** The body since it has yielded. */
  suspension: Suspension | undefined = undefined;
  /** Who resumed it and waits for it: the coroutine that goes on when this one yields. */
  resumer: Coroutine | undefined = undefined;

  constructor(body: LuaFunction) {
    this.body = body;
  }
}
