import { integerOf } from '../../pseudo-variables/pseudo-variable.ts';
import type { ScriptVariables } from '../../pseudo-variables/script-variables.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('pvx');

const variables = (route: RouteContext): ScriptVariables => route.services.modules.variables;
const result = (done: boolean): number => (done ? 1 : -1);

/** `shvinc_get`: adds one and gives the new number. */
function increase(route: RouteContext, name: string): number | null {
  const next = integerOf(variables(route).getShared(name)) + 1;
  return variables(route).setShared(name, next) ? next : null;
}

/** `$var` and `$shv`. */
export const variableRows = [
  row('var_get', ['str'], 'xval', (route, name) => variables(route).get(name), 'Value of $var(name), 0 until it is set'),
  row('var_sets', ['str', 'str'], 'int', (route, name, value) => result(variables(route).set(name, value)), 'Sets $var(name) to a text'),
  row('var_seti', ['str', 'int'], 'int', (route, name, value) => result(variables(route).set(name, value)), 'Sets $var(name) to a number'),
  row('shv_get', ['str'], 'xval', (route, name) => variables(route).getShared(name), 'Value of $shv(name), 0 until it is set'),
  row('shv_sets', ['str', 'str'], 'int', (route, name, value) => result(variables(route).setShared(name, value)), 'Sets $shv(name) to a text'),
  row('shv_seti', ['str', 'int'], 'int', (route, name, value) => result(variables(route).setShared(name, value)), 'Sets $shv(name) to a number'),
  row('shvinc_get', ['str'], 'xval', increase, 'Adds one to $shv(name) and gives the sum'),
];
