import type { RouteContext } from '../route-context.ts';
import { attributeCatalogue } from './catalogue/attributes.ts';
import { messageCatalogue } from './catalogue/message.ts';
import { moduleCatalogue } from './catalogue/modules.ts';
import { networkCatalogue } from './catalogue/network.ts';
import { transactionCatalogue } from './catalogue/transaction.ts';
import { uriCatalogue } from './catalogue/uris.ts';
import { variableCatalogue } from './catalogue/variables.ts';
import { textOf, type Inner, type PseudoVariable, type PvArguments, type PvFactory, type PvIndex, type PvValue } from './pseudo-variable.ts';
import { readName } from './read-name.ts';
import type { Transformation, TransformationFactory } from './transformation.ts';
import { addressTransformations } from './transformations/addresses.ts';
import { listTransformations } from './transformations/lists.ts';
import { sqlTransformations, type NullableTransformation } from './transformations/sql.ts';
import { stringTransformations } from './transformations/strings.ts';

const factories: ReadonlyMap<string, PvFactory> = new Map(
  [messageCatalogue, uriCatalogue, networkCatalogue, variableCatalogue, attributeCatalogue, transactionCatalogue, moduleCatalogue].flatMap(Object.entries),
);

const transformations: ReadonlyMap<string, TransformationFactory> = new Map(
  [stringTransformations, addressTransformations, listTransformations].flatMap(Object.entries),
);

const nullableTransformations: ReadonlyMap<string, NullableTransformation> = new Map(Object.entries(sqlTransformations));

/**
 * Names and texts are mostly literals of the script. A script that makes them up for each message
 * finds the memory starting afresh at this bound: slower, never larger.
 */
const MAX_COMPILED = 2048;
/** Longer texts are not worth a place in the memory, and no name is that long. */
const MAX_SOURCE = 4096;

const compiledNames = new Map<string, PseudoVariable | undefined>();
const compiledTexts = new Map<string, Text | undefined>();

/** The variable of exactly this name, `$ru` or `$(ct{tobody.user})`; undefined when there is none such. */
export function pseudoVariable(name: string): PseudoVariable | undefined {
  const known = compiledNames.get(name);
  if (known !== undefined || compiledNames.has(name)) return known;
  const compiled = name.length > MAX_SOURCE ? undefined : compileName(name);
  remember(compiledNames, name, compiled);
  return compiled;
}

/** A text with pseudo-variables in it: constant pieces and variables by turns. */
export type Text = readonly (string | PseudoVariable)[];

/** The text in pieces; undefined when a '$' in it begins no variable (`$$` is a '$'). */
export function pseudoVariableText(text: string): Text | undefined {
  const known = compiledTexts.get(text);
  if (known !== undefined || compiledTexts.has(text)) return known;
  const compiled = compileText(text);
  if (text.length <= MAX_SOURCE) remember(compiledTexts, text, compiled);
  return compiled;
}

/** The text with the values of this message in place of its variables; null is written as `<null>`. */
export function expand(text: Text, route: RouteContext): string {
  let out = '';
  for (const piece of text) out += typeof piece === 'string' ? piece : (piece.get(route) ?? '<null>');
  return out;
}

function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  if (memory.size >= MAX_COMPILED) memory.clear();
  memory.set(key, value);
}

const DOLLAR: PseudoVariable = { get: () => '$', set: () => true };

function compileName(name: string): PseudoVariable | undefined {
  if (name === '$$') return DOLLAR;
  const written = readName(name, 0);
  return written === undefined || written.end !== name.length ? undefined : compileWritten(written);
}

function compileText(text: string): Text | undefined {
  const pieces: (string | PseudoVariable)[] = [];
  let at = 0;
  for (;;) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    if (dollar > at) pieces.push(text.slice(at, dollar));
    if (text.charAt(dollar + 1) === '$') {
      pieces.push('$');
      at = dollar + 2;
      continue;
    }
    const written = readName(text, dollar);
    const variable = written === undefined ? undefined : compileWritten(written);
    if (variable === undefined) return undefined;
    pieces.push(variable);
    at = written!.end;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

function compileWritten({ name, inner, index, transformations: written }: NonNullable<ReturnType<typeof readName>>): PseudoVariable | undefined {
  const compiledInner = inner === undefined ? undefined : compileInner(inner);
  if (inner !== undefined && compiledInner === undefined) return undefined;
  const variable = withIndex(name, compiledInner, index);
  if (variable === undefined || written.length === 0) return variable;
  const steps = written.map(compileTransformation);
  return steps.includes(undefined) ? undefined : transformed(variable, steps as Step[]);
}

function compileInner(text: string): Inner | undefined {
  const pieces = pseudoVariableText(text);
  if (pieces === undefined) return undefined;
  if (pieces.every((piece) => typeof piece === 'string')) {
    const whole = pieces.join('');
    return { text: whole, constant: true, evaluate: () => whole };
  }
  return { text, constant: false, evaluate: (route) => expand(pieces, route) };
}

function withIndex(name: string, inner: Inner | undefined, index: string | undefined): PseudoVariable | undefined {
  const factory = factories.get(name);
  if (factory === undefined) return undefined;
  const make = (at: PvIndex | undefined): PseudoVariable | undefined => factory({ inner, index: at, compile: pseudoVariable } satisfies PvArguments);
  if (index === undefined) return make(undefined);
  const fixed = indexOf(index);
  if (fixed !== undefined) return make(fixed);
  // The index is itself a variable: `$(hdr(Via)[$var(i)])`.
  const variable = pseudoVariable(index);
  if (variable === undefined) return undefined;
  const at = (route: RouteContext): PseudoVariable | undefined => make(indexOf(textOf(variable.get(route))));
  return { get: (route) => at(route)?.get(route) ?? null, set: (route, value) => at(route)?.set(route, value) ?? false };
}

function indexOf(text: string): PvIndex | undefined {
  if (text === '*') return '*';
  return /^-?\d{1,6}$/.test(text) ? Number(text) : undefined;
}

type Step = (value: PvValue, route: RouteContext) => PvValue;

/** Reads `class.name,parameter,parameter`. */
function compileTransformation(text: string): Step | undefined {
  const comma = text.indexOf(',');
  const name = (comma < 0 ? text : text.slice(0, comma)).trim();
  const nullable = nullableTransformations.get(name);
  if (nullable !== undefined) return nullable;
  const factory = transformations.get(name);
  if (factory === undefined) return undefined;
  const raw = comma < 0 ? '' : text.slice(comma + 1);
  // A substitution's text may hold commas and '$', and is no list of parameters.
  const params = comma < 0 || name === 're.subst' ? [] : raw.split(',').map(compileInner);
  if (params.includes(undefined)) return undefined;
  const made: Transformation | undefined = factory({ params: params as Inner[], raw });
  return made === undefined ? undefined : (value, route) => (value === null ? null : made(String(value), route));
}

function transformed(variable: PseudoVariable, steps: readonly Step[]): PseudoVariable {
  return {
    get(route) {
      let value = variable.get(route);
      for (const step of steps) value = step(value, route);
      return value;
    },
    // What a transformation shows cannot be written to.
    set: () => true,
  };
}
