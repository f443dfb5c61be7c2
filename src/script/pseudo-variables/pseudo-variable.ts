import type { RouteContext } from '../route-context.ts';

/** Value of a pseudo-variable; `null` is KEMI's null. Which of the two types it has is part of its meaning. */
export type PvValue = string | number | null;

/** A pseudo-variable whose name has been read: `$ru`, `$hdr(X-A)`, `$(ct{tobody.user})`. */
export interface PseudoVariable {
  get(route: RouteContext): PvValue;
  /**
   * Writes; `null` unsets. False when the value cannot be taken. A read-only variable takes anything,
   * changes nothing and answers true, as in Kamailio.
   */
  set(route: RouteContext, value: PvValue): boolean;
}

/** What stands in the parentheses of `$name(…)`; it may itself contain pseudo-variables. */
export interface Inner {
  readonly text: string;
  /** True when it is the same for every message. */
  readonly constant: boolean;
  evaluate(route: RouteContext): string;
}

/** What stands in the brackets of `$(name[…])`. */
export type PvIndex = number | '*';

/** Everything about one name besides the name. */
export interface PvArguments {
  readonly inner: Inner | undefined;
  /** Undefined when none was given. */
  readonly index: PvIndex | undefined;
  /** Reads another name, for variables that look at another message. */
  readonly compile: (name: string) => PseudoVariable | undefined;
}

/** Makes the variable, or undefined when what stands in the parentheses makes no sense. */
export type PvFactory = (args: PvArguments) => PseudoVariable | undefined;

/** Names and how their variables are made. */
export type PvCatalogue = Readonly<Record<string, PvFactory>>;

type Get = PseudoVariable['get'];
type Set = PseudoVariable['set'];

const ignore: Set = () => true;

/** A variable that takes no parentheses. */
export function plain(get: Get, set: Set = ignore): PvFactory {
  const variable: PseudoVariable = { get, set };
  return ({ inner }) => (inner === undefined ? variable : undefined);
}

/** A variable with a name in parentheses that is looked up at each use. */
export function named(get: (route: RouteContext, name: string) => PvValue, set: (route: RouteContext, name: string, value: PvValue) => boolean = ignore): PvFactory {
  return ({ inner }) => {
    if (inner === undefined) return undefined;
    if (!inner.constant) {
      return { get: (route) => get(route, inner.evaluate(route)), set: (route, value) => set(route, inner.evaluate(route), value) };
    }
    const { text } = inner;
    return { get: (route) => get(route, text), set: (route, value) => set(route, text, value) };
  };
}

/** '' and what is not there are null. */
export function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

/** A value as text, null as ''. */
export function textOf(value: PvValue): string {
  return value === null ? '' : String(value);
}

/** A value as a whole number of 32 bits, as Kamailio reads texts: digits from the front, 0 when there are none. */
export function integerOf(value: PvValue): number {
  if (value === null) return 0;
  if (typeof value === 'number') return Math.trunc(value);
  return /^[+-]?\d{1,15}$/.test(value) ? Number(value) : 0;
}
