import { expand, pseudoVariableText } from '../../pseudo-variables/compile.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';
import { variableOf } from '../pv.ts';

const { row } = rowsOf<RouteContext>('pvx');

function evaluate(route: RouteContext, name: string, text: string): number {
  const variable = variableOf(route, name);
  const pieces = pseudoVariableText(text);
  if (variable === undefined || pieces === undefined) return -1;
  return variable.set(route, expand(pieces, route)) ? 1 : -1;
}

export const evaluationRows = [row('evalx', ['str', 'str'], 'int', evaluate, 'Writes a text with pseudo-variables, expanded, to the variable of that name')];
