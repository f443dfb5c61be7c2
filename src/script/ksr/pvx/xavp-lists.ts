import { trimBlanks } from '../../blanks.ts';
import { AttributeTree } from '../../attribute-values.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';
import { variableOf } from '../pv.ts';

const { row } = rowsOf<RouteContext>('pvx');

const DONE = 1;
const FAILED = -1;

/** Items of one text; what is beyond fails the call, so that nothing is taken for the whole. */
const MAX_ITEMS = 256;

/** `a=1;b=2` becomes the children of a new `$xavp(root)`. */
function explodeParams(route: RouteContext, text: string, root: string, separator = ';'): number {
  const parts = text.split(separator).map(trimBlanks).filter((part) => part !== '');
  if (parts.length === 0 || parts.length > MAX_ITEMS || root === '') return FAILED;
  const tree = new AttributeTree();
  // The first is to be the newest, so they go in from the back.
  for (const part of parts.reverse()) {
    const equals = part.indexOf('=');
    tree.push(equals < 0 ? part : part.slice(0, equals), equals < 0 ? '' : part.slice(equals + 1).replace(/^"(.*)"$/, '$1'));
  }
  return route.attributes.xavps.push(root, tree) ? DONE : FAILED;
}

/** The children of `$xavp(root)` as `a=1;b=2;` in the variable `$name`. */
function implodeParams(quote: string) {
  return (route: RouteContext, root: string, name: string): number => {
    const tree = route.attributes.xavps.get(root);
    const variable = variableOf(route, name);
    if (!(tree instanceof AttributeTree) || variable === undefined) return FAILED;
    const parts = tree.names().map((child) => `${child}=${quote}${String(tree.get(child))}${quote};`);
    return variable.set(route, parts.join('')) ? DONE : FAILED;
  };
}

/** `a,b,c` becomes values of `$xavp(root)`, the first on top; mode `t` trims blanks. */
function explodeList(route: RouteContext, text: string, separator: string, mode: string, root: string): number {
  if (separator === '' || root === '') return FAILED;
  const items = text.split(separator.charAt(0));
  if (items.length > MAX_ITEMS) return FAILED;
  for (const item of items.reverse()) {
    if (!route.attributes.xavps.push(root, mode.includes('t') ? trimBlanks(item) : item)) return FAILED;
  }
  return DONE;
}

/** `$xavp` from and to texts that are lists. */
export const xavpListRows = [
  row('xavp_params_explode', ['str', 'str'], 'int', (route, text, root) => explodeParams(route, text, root), 'Makes "a=1;b=2" the children of a new $xavp(root)'),
  row('xavp_xparams_explode', ['str', 'str', 'str'], 'int', (route, text, separator, root) => (separator === '' ? FAILED : explodeParams(route, text, root, separator.charAt(0))), 'The same with another separator'),
  row('xavp_params_implode', ['str', 'str'], 'int', implodeParams(''), 'Writes the children of $xavp(root) as "a=1;b=2;" to a variable'),
  row('xavp_params_implode_qval', ['str', 'str'], 'int', implodeParams('"'), 'The same with quotes around values'),
  row('xavp_slist_explode', ['str', 'str', 'str', 'str'], 'int', explodeList, 'Makes the items of a list values of $xavp(root), the first on top; mode "t" trims them'),
];
