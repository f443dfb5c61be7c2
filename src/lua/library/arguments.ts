/**
 * What library functions ask of their arguments. `given` is the number of arguments in the call (`arguments.length`): it
 * tells nil from nothing in the error. An argument is counted as in a call of the function, also when it was called as a method.
 */
import { LuaError } from '../runtime/lua-error.ts';
import { numberText, parseNumber } from '../runtime/number.ts';
import { displayName } from '../runtime/operations/metamethod.ts';
import { LuaTable } from '../runtime/table.ts';
import type { LuaFunction, LuaValue, Table } from '../runtime/value.ts';

/** An argument that cannot be used. */
export function argumentError(position: number, name: string, reason: string): LuaError {
  return new LuaError(`bad argument #${position} to '${name}' (${reason})`);
}

function wrongType(expected: string, value: LuaValue, position: number, name: string, given: number): LuaError {
  const got = position > given ? 'no value' : displayName(value);
  return argumentError(position, name, `${expected} expected, got ${got}`);
}

/** Any value, nil too, but there has to be one. */
export function requireArgument(position: number, name: string, given: number): void {
  if (position > given) throw argumentError(position, name, 'value expected');
}

/** A text; a number is written as one. */
export function stringArgument(value: LuaValue, position: number, name: string, given: number): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  throw wrongType('string', value, position, name, given);
}

export function optionalString(value: LuaValue, fallback: string, position: number, name: string, given: number): string {
  return value === undefined ? fallback : stringArgument(value, position, name, given);
}

/** A number, or a text that is one. */
export function numberArgument(value: LuaValue, position: number, name: string, given: number): number {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' ? parseNumber(value) : undefined;
  if (number === undefined) throw wrongType('number', value, position, name, given);
  return number;
}

/** A number without its fraction, as in Lua 5.1. */
export function integerArgument(value: LuaValue, position: number, name: string, given: number): number {
  const number = numberArgument(value, position, name, given);
  if (!Number.isFinite(number)) throw argumentError(position, name, 'number has no integer representation');
  // Minus zero is no integer.
  return Math.trunc(number) + 0;
}

export function optionalInteger(value: LuaValue, fallback: number, position: number, name: string, given: number): number {
  return value === undefined ? fallback : integerArgument(value, position, name, given);
}

export function tableArgument(value: LuaValue, position: number, name: string, given: number): Table {
  if (value instanceof LuaTable) return value;
  throw wrongType('table', value, position, name, given);
}

export function functionArgument(value: LuaValue, position: number, name: string, given: number): LuaFunction {
  if (typeof value === 'function') return value;
  throw wrongType('function', value, position, name, given);
}
