import { isRequestField, requestField, setRequestField } from '../../modules/request-fields.ts';
import type { RouteContext } from '../../route-context.ts';
import { integerOf, named, type PvCatalogue, type PvFactory, type PvValue } from '../pseudo-variable.ts';

/** Splits `table=>key`; undefined when there is no arrow or no name before it. */
function splitArrow(text: string): { name: string; key: string } | undefined {
  const arrow = text.indexOf('=>');
  return arrow < 1 ? undefined : { name: text.slice(0, arrow).trim(), key: text.slice(arrow + 2).trim() };
}

function tableValue(route: RouteContext, text: string): PvValue {
  const place = splitArrow(text);
  return place === undefined ? null : (route.services.modules.tables.get(place.name)?.get(place.key) ?? null);
}

function setTableValue(route: RouteContext, text: string, value: PvValue): boolean {
  const place = splitArrow(text);
  const table = place === undefined ? undefined : route.services.modules.tables.get(place.name);
  if (place === undefined || table === undefined) return false;
  if (value !== null) return table.set(place.key, value);
  table.delete(place.key);
  return true;
}

/** `$shtex(table=>key)`: setting it sets how many seconds the entry stays. */
function setTableExpiry(route: RouteContext, text: string, value: PvValue): boolean {
  const place = splitArrow(text);
  const table = place === undefined ? undefined : route.services.modules.tables.get(place.name);
  return table !== undefined && table.setExpires(place!.key, integerOf(value));
}

/** `$dbr(result=>rows)`, `cols`, `[row,column]`, `colname[column]`; null for what is outside of the result. */
function resultValue(route: RouteContext, text: string): PvValue {
  const place = splitArrow(text);
  const result = place === undefined ? undefined : route.locals.sqlResults.get(place.name);
  if (result === undefined) return null;
  const { key } = place!;
  if (key === 'rows') return result.rows.length;
  if (key === 'cols') return result.columns.length;
  const cell = /^\[\s*(\d{1,9})\s*,\s*(\d{1,9})\s*\]$/.exec(key);
  if (cell !== null) return result.rows[Number(cell[1])]?.[Number(cell[2])] ?? null;
  const column = /^colname\[\s*(\d{1,9})\s*\]$/.exec(key);
  return column === null ? null : (result.columns[Number(column[1])] ?? null);
}

const withArrow = (factory: PvFactory): PvFactory => (args) =>
  args.inner === undefined || (args.inner.constant && splitArrow(args.inner.text) === undefined) ? undefined : factory(args);

/** `$uac_req(name)`; a name that is none is told when the script uses it, not sent as nothing. */
const requestVariable: PvFactory = (args) =>
  args.inner?.constant === true && !isRequestField(args.inner.text)
    ? undefined
    : named(
        (route, name) => requestField(route.locals.request, name),
        (route, name, value) => setRequestField(route.locals.request, name, value),
      )(args);

/** Variables of the htable, mqueue, sqlops and uac modules. */
export const moduleCatalogue: PvCatalogue = {
  sht: withArrow(named(tableValue, setTableValue)),
  shtex: withArrow(named(() => null, setTableExpiry)),
  shtitkey: named((route, name) => route.locals.iterators.get(name)?.key ?? null),
  shtitval: named((route, name) => route.locals.iterators.get(name)?.value ?? null),
  mqk: named((route, name) => route.locals.fetched.get(name)?.key || null),
  mqv: named((route, name) => route.locals.fetched.get(name)?.value ?? null),
  mq_size: named((route, name) => route.services.modules.queues.get(name)?.size ?? -1),
  dbr: withArrow(named(resultValue)),
  uac_req: requestVariable,
};
