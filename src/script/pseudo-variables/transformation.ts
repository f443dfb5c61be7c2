import type { RouteContext } from '../route-context.ts';
import type { Inner, PvValue } from './pseudo-variable.ts';

/** One `{class.name,parameters}` behind a name. Null goes through unchanged, see `sql.ts` for those that take it. */
export type Transformation = (value: string, route: RouteContext) => PvValue;

/** What a transformation is made from. */
export interface TransformationArguments {
  readonly params: readonly Inner[];
  /** Everything behind the first comma, commas and all. */
  readonly raw: string;
}

/** Makes the transformation, or undefined when its parameters make no sense. */
export type TransformationFactory = (args: TransformationArguments) => Transformation | undefined;

export type TransformationCatalogue = Readonly<Record<string, TransformationFactory>>;

/** A transformation that takes no parameters. */
export function simple(apply: (value: string) => PvValue): TransformationFactory {
  return ({ params }) => (params.length === 0 ? (value) => apply(value) : undefined);
}

/** One that takes text parameters, at least `least` of them; missing ones are ''. */
export function withTexts(least: number, apply: (value: string, first: string, second: string) => PvValue): TransformationFactory {
  return ({ params }) => {
    const [first, second] = params;
    if (params.length < least) return undefined;
    return (value, route) => apply(value, first?.evaluate(route) ?? '', second?.evaluate(route) ?? '');
  };
}

/** A whole number in a parameter; undefined when it is none. */
export function wholeNumber(text: string): number | undefined {
  return /^\s*[+-]?\d{1,9}\s*$/.test(text) ? Number(text) : undefined;
}
