import { AttributeTree } from '../../attribute-values.ts';
import { readAttribute, writeAttribute, type AttributePath } from '../../pseudo-variables/attribute-path.ts';
import type { PvValue } from '../../pseudo-variables/pseudo-variable.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf, type KsrValue } from '../../row.ts';

const { row } = rowsOf<RouteContext>('pvx');

const DONE = 1;
const FAILED = -1;

/** These functions take bare names and mean number 0, the newest. */
function path(root: string, child?: string): AttributePath {
  return { root: { name: root, index: 0 }, child: child === undefined ? undefined : { name: child, index: 0 } };
}

const get = (route: RouteContext, root: string, child?: string): PvValue => readAttribute(route.attributes.xavps, path(root, child));

function put(route: RouteContext, where: AttributePath, value: PvValue): number {
  if (where.root.name === '' || where.child?.name === '') return FAILED;
  return writeAttribute(route.attributes.xavps, where, value) ? DONE : FAILED;
}

const set = (route: RouteContext, root: string, value: string | number): number => put(route, path(root), value);
const setChild = (route: RouteContext, root: string, child: string, value: string | number): number => put(route, path(root, child), value);

/** Every value of a tree by name: a list each, the newest first. */
function dictionary(value: unknown): KsrValue {
  if (!(value instanceof AttributeTree)) return null;
  const entries = value.names().map((name): [string, KsrValue] => [name, value.all(name).map((item) => (typeof item === 'object' ? dictionary(item) : item))]);
  return Object.fromEntries(entries);
}

function dictionaries(route: RouteContext, root: string): KsrValue {
  const all = route.attributes.xavps.all(root);
  return all.length === 0 ? null : all.map(dictionary);
}

function keys(route: RouteContext, root: string, index: number): KsrValue {
  const tree = route.attributes.xavps.get(root, index);
  return tree instanceof AttributeTree ? tree.names() : null;
}

/** `$xavp(root)` and `$xavp(root=>child)`. */
export const xavpRows = [
  row('xavp_get', ['str'], 'xval', (route, root) => get(route, root), 'Value of $xavp(root), nil when there is none'),
  row('xavp_gete', ['str'], 'xval', (route, root) => get(route, root) ?? '', 'Value of $xavp(root), "" when there is none'),
  row('xavp_getw', ['str'], 'xval', (route, root) => get(route, root) ?? '<null>', 'Value of $xavp(root), "<null>" when there is none'),
  row('xavp_sets', ['str', 'str'], 'int', set, 'Sets the newest value of $xavp(root) to a text'),
  row('xavp_seti', ['str', 'int'], 'int', set, 'Sets the newest value of $xavp(root) to a number'),
  row('xavp_is_null', ['str'], 'int', (route, root) => (get(route, root) === null ? DONE : FAILED), '1 when $xavp(root) has no value, else -1'),
  row('xavp_rm', ['str'], 'int', (route, root) => put(route, path(root), null), 'Takes the newest value of $xavp(root) away'),
  row('xavp_rm_all', ['str'], 'int', (route, root) => {
    route.attributes.xavps.remove(root, '*');
    return DONE;
  }, 'Takes all values of $xavp(root) away'),
  row('xavp_child_get', ['str', 'str'], 'xval', get, 'Value of $xavp(root=>child), nil when there is none'),
  row('xavp_child_gete', ['str', 'str'], 'xval', (route, root, child) => get(route, root, child) ?? '', 'Value of $xavp(root=>child), "" when there is none'),
  row('xavp_child_getw', ['str', 'str'], 'xval', (route, root, child) => get(route, root, child) ?? '<null>', 'Value of $xavp(root=>child), "<null>" when there is none'),
  row('xavp_child_sets', ['str', 'str', 'str'], 'int', setChild, 'Sets $xavp(root=>child) to a text; the root is made when it is missing'),
  row('xavp_child_seti', ['str', 'str', 'int'], 'int', setChild, 'Sets $xavp(root=>child) to a number; the root is made when it is missing'),
  row('xavp_child_is_null', ['str', 'str'], 'int', (route, root, child) => (get(route, root, child) === null ? DONE : FAILED), '1 when $xavp(root=>child) has no value, else -1'),
  row('xavp_child_rm', ['str', 'str'], 'int', (route, root, child) => put(route, path(root, child), null), 'Takes the newest value of $xavp(root=>child) away'),
  row('xavp_getd', ['str'], 'xval', dictionaries, 'All values of $xavp(root) as a list of tables: each name has a list of values'),
  row('xavp_getd_p1', ['str', 'int'], 'xval', (route, root, index) => dictionary(route.attributes.xavps.get(root, index)), 'Value number i of $xavp(root) as a table: each name has a list of values'),
  row('xavp_get_keys', ['str', 'int'], 'xval', keys, 'Names below value number i of $xavp(root)'),
];
