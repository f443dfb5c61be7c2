import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('pvx');

function get(route: RouteContext, name: string): string | number | null {
  const value = route.attributes.avps.get(name);
  return value === undefined || typeof value === 'object' ? null : value;
}

/** KEMI: each set goes on top, older values stay below. */
const push = (route: RouteContext, name: string, value: string | number): number => (name !== '' && route.attributes.avps.push(name, value) ? 1 : -1);

/** `$avp`. */
export const avpRows = [
  row('avp_get', ['str'], 'xval', get, 'Newest value of $avp(name), nil when there is none'),
  row('avp_gete', ['str'], 'xval', (route, name) => get(route, name) ?? '', 'Newest value of $avp(name), "" when there is none'),
  row('avp_getw', ['str'], 'xval', (route, name) => get(route, name) ?? '<null>', 'Newest value of $avp(name), "<null>" when there is none'),
  row('avp_sets', ['str', 'str'], 'int', push, 'Puts a text on top of $avp(name)'),
  row('avp_seti', ['str', 'int'], 'int', push, 'Puts a number on top of $avp(name)'),
  row('avp_is_null', ['str'], 'int', (route, name) => (get(route, name) === null ? 1 : -1), '1 when $avp(name) has no value, else -1'),
  row('avp_rm', ['str'], 'int', (route, name) => {
    route.attributes.avps.remove(name);
    return 1;
  }, 'Takes the newest value of $avp(name) away'),
];
