import { pseudoVariable } from '../pseudo-variables/compile.ts';
import { integerOf, type PseudoVariable, type PvValue } from '../pseudo-variables/pseudo-variable.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf } from '../row.ts';
import { logText } from './script-log.ts';

const { row } = rowsOf<RouteContext>('pv');

/** The variable of that name; a name that is none is told in the log. */
export function variableOf(route: RouteContext, name: string): PseudoVariable | undefined {
  const variable = pseudoVariable(name);
  if (variable === undefined) logText(route, 'error', `pv: not a pseudo-variable: ${name}`);
  return variable;
}

/** Its value; null when it has none and when there is no such variable. */
export function valueOf(route: RouteContext, name: string): PvValue {
  return variableOf(route, name)?.get(route) ?? null;
}

function write(route: RouteContext, name: string, value: PvValue): boolean {
  return variableOf(route, name)?.set(route, value) ?? false;
}

const integer = (route: RouteContext, name: string): number => integerOf(valueOf(route, name));

export const pvRows = [
  row('get', ['str'], 'xval', valueOf, 'Value of a pseudo-variable: string, number or nil'),
  row('gete', ['str'], 'xval', (route, name) => valueOf(route, name) ?? '', 'Value of a pseudo-variable, "" when it is null'),
  row('getw', ['str'], 'xval', (route, name) => valueOf(route, name) ?? '<null>', 'Value of a pseudo-variable, "<null>" when it is null'),
  row('getvs', ['str', 'str'], 'xval', (route, name, fallback) => valueOf(route, name) ?? fallback, 'Value of a pseudo-variable, or this text when it is null'),
  row('getvn', ['str', 'int'], 'xval', (route, name, fallback) => valueOf(route, name) ?? fallback, 'Value of a pseudo-variable, or this number when it is null'),
  row('geti', ['str'], 'int', integer, 'Value of a pseudo-variable as a whole number, 0 when it is none'),
  row('getl', ['str'], 'xval', integer, 'Value of a pseudo-variable as a whole number, 0 when it is none'),
  row('sets', ['str', 'str'], 'bool', write, 'Sets a pseudo-variable to a text; false when there is none such or it cannot take the value'),
  row('seti', ['str', 'int'], 'bool', write, 'Sets a pseudo-variable to a number; false when there is none such or it cannot take the value'),
  row('setl', ['str', 'int'], 'bool', write, 'Sets a pseudo-variable to a number; false when there is none such or it cannot take the value'),
  row('unset', ['str'], 'bool', (route, name) => write(route, name, null), 'Takes the value of a pseudo-variable away'),
  row('is_null', ['str'], 'bool', (route, name) => valueOf(route, name) === null, 'True when a pseudo-variable has no value or there is none such'),
];
