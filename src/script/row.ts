/**
 * A KEMI function is a row: its name, the types of its parameters and result, and the plain
 * function that does it. The Lua binding, the argument rules and the reference page all come from
 * rows; a row knows no script engine.
 */

/** Declared type of a parameter. Engines coerce as app_lua does before a row sees a value. */
export type ParamType = 'int' | 'str';

/**
 * Declared type of a result, which decides what a script receives:
 * `int` a number, `bool` a boolean (any value but 0), `none` what app_lua gives for void
 * functions, `xval` whatever the row returns.
 */
export type ReturnType = 'int' | 'bool' | 'none' | 'xval';

/** A value that crosses between a row and a script. `null` is Lua's nil; arrays and records become tables. */
export type KsrValue =
  | number
  | string
  | boolean
  | null
  | readonly KsrValue[]
  | { readonly [key: string]: KsrValue };

type ArgumentOf<T extends ParamType> = T extends 'int' ? number : string;
type Arguments<P extends readonly ParamType[]> = { -readonly [K in keyof P]: ArgumentOf<P[K]> };

/** What a row returns at once. `bool` rows return a boolean, `none` rows nothing. */
type ResultOf<R extends ReturnType> = R extends 'int' ? number : R extends 'bool' ? boolean : R extends 'none' ? void : KsrValue;

/** One KEMI function, in the form that engines bind. `C` is the context of a route's execution. */
export interface Row<C> {
  /** Module as in `KSR.module.name`; empty for the core's own functions. */
  readonly module: string;
  readonly name: string;
  readonly params: readonly ParamType[];
  readonly returns: ReturnType;
  /** One sentence for the reference page. */
  readonly doc: string;
  /**
   * True when the function may have to wait for the outside (SQL): its `run` may then return a
   * promise, and the engine parks the route until it settles. A rejected promise, and a call that
   * the bound on parked routes refuses, give the script `-1` (`false` where the row is `bool`: -1 would be true).
   */
  readonly waits: boolean;
  readonly run: (context: C, ...args: (number | string)[]) => KsrValue | void | Promise<KsrValue>;
}

/**
 * Makes the builders of one module's rows.
 *
 * @example
 * const { row } = rowsOf<RouteContext>('maxfwd');
 * export const maxfwdRows = [
 *   row('process_maxfwd', ['int'], 'int', processMaxForwards, 'Checks and lowers Max-Forwards (RFC 3261 §16.3 step 3)'),
 * ];
 */
export function rowsOf<C>(module: string) {
  function row<const P extends readonly ParamType[], const R extends ReturnType>(
    name: string,
    params: P,
    returns: R,
    run: (context: C, ...args: Arguments<P>) => ResultOf<R>,
    doc: string,
  ): Row<C> {
    return { module, name, params, returns, doc, waits: false, run: run as Row<C>['run'] };
  }

  function waitingRow<const P extends readonly ParamType[], const R extends ReturnType>(
    name: string,
    params: P,
    returns: R,
    run: (context: C, ...args: Arguments<P>) => ResultOf<R> | Promise<ResultOf<R>>,
    doc: string,
  ): Row<C> {
    return { module, name, params, returns, doc, waits: true, run: run as Row<C>['run'] };
  }

  return { row, waitingRow };
}
