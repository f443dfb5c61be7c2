import type { HashTable, TableValue } from '../modules/hash-table.ts';
import { MOST_NAMES } from '../modules/route-locals.ts';
import { TableIterator } from '../modules/table-iterator.ts';
import { textMatch } from '../modules/text-match.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf, type KsrValue } from '../row.ts';

const { row } = rowsOf<RouteContext>('htable');

const OK = 1;
const FAILED = -1;
const NO_TABLE = 2;
const HAS_INITVAL = -2;
/** No number to count up or down from. */
const NOT_COUNTED = -255;

function tableOf(route: RouteContext, name: string): HashTable | undefined {
  const table = route.services.modules.tables.get(name);
  if (table === undefined) route.services.logger.error('htable: there is no table of that name in script.htables', { table: name, callId: route.callId });
  return table;
}

function get(route: RouteContext, name: string, key: string, missing: KsrValue): KsrValue {
  return tableOf(route, name)?.get(key) ?? missing;
}

function set(route: RouteContext, name: string, key: string, value: TableValue, expiresS?: number): number {
  const table = tableOf(route, name);
  if (table === undefined) return FAILED;
  if (table.set(key, value, expiresS)) return OK;
  route.services.modules.counters.tableFull.value += 1;
  return FAILED;
}

function add(route: RouteContext, name: string, key: string, difference: number): number {
  return tableOf(route, name)?.add(key, difference) ?? NOT_COUNTED;
}

function isNull(route: RouteContext, name: string, key: string): number {
  const table = tableOf(route, name);
  if (table === undefined) return NO_TABLE;
  if (table.has(key)) return FAILED;
  return table.initval === undefined ? OK : HAS_INITVAL;
}

function matchName(route: RouteContext, name: string, operator: string, operand: string): number {
  const table = tableOf(route, name);
  if (table === undefined) return FAILED;
  // What scripts ask of each request ("is this address banned") must not pass over the table.
  if (operator === 'eq') return table.has(operand) ? OK : FAILED;
  const match = textMatch(operator, operand);
  return match !== undefined && table.someName(match) ? OK : FAILED;
}

function matchText(route: RouteContext, name: string, operator: string, operand: string): number {
  const match = textMatch(operator, operand);
  return match !== undefined && tableOf(route, name)?.someText(match) === true ? OK : FAILED;
}

function removeNames(route: RouteContext, name: string, operator: string, operand: string): number {
  const table = tableOf(route, name);
  const match = textMatch(operator, operand);
  if (table === undefined || match === undefined) return FAILED;
  table.deleteNames(match);
  return OK;
}

function removeTexts(route: RouteContext, name: string, operator: string, operand: string): number {
  const table = tableOf(route, name);
  const match = textMatch(operator, operand);
  if (table === undefined || match === undefined) return FAILED;
  table.deleteTexts(match);
  return OK;
}

function count(route: RouteContext, name: string, operator: string, operand: string): number {
  const match = textMatch(operator, operand);
  if (match === undefined) return FAILED;
  return tableOf(route, name)?.countNames(match) ?? FAILED;
}

function startIterator(route: RouteContext, iterator: string, name: string): number {
  const table = tableOf(route, name);
  const { iterators } = route.locals;
  if (table === undefined || (iterators.size >= MOST_NAMES && !iterators.has(iterator))) return FAILED;
  iterators.set(iterator, new TableIterator(table));
  return OK;
}

/** Runs `change` on the entry that the iterator is at. */
function onCurrent(route: RouteContext, iterator: string, change: (table: HashTable, key: string) => boolean): number {
  const current = route.locals.iterators.get(iterator);
  if (current?.key === undefined) return FAILED;
  return change(current.table, current.key) ? OK : FAILED;
}

export const htableRows = [
  row('sht_get', ['str', 'str'], 'xval', (route, name, key) => get(route, name, key, null), 'Value of a key in a table; the initial value of the table, or nil, when it is missing'),
  row('sht_gete', ['str', 'str'], 'xval', (route, name, key) => get(route, name, key, ''), 'The same as sht_get, but "" in place of nil'),
  row('sht_getw', ['str', 'str'], 'xval', (route, name, key) => get(route, name, key, '<null>'), 'The same as sht_get, but "<null>" in place of nil'),
  row('sht_sets', ['str', 'str', 'str'], 'int', (route, name, key, value) => set(route, name, key, value), 'Sets a text; 1 set, -1 no such table or no room'),
  row('sht_seti', ['str', 'str', 'int'], 'int', (route, name, key, value) => set(route, name, key, value), 'Sets a number; 1 set, -1 no such table or no room'),
  row('sht_setxs', ['str', 'str', 'str', 'int'], 'int', set, 'Sets a text that goes away after so many seconds'),
  row('sht_setxi', ['str', 'str', 'int', 'int'], 'int', set, 'Sets a number that goes away after so many seconds'),
  row('sht_setex', ['str', 'str', 'int'], 'int', (route, name, key, expiresS) => {
    const table = tableOf(route, name);
    if (table === undefined) return FAILED;
    table.setExpires(key, expiresS);
    return OK;
  }, 'Lets an entry go away after so many seconds from now; 1 also when there is none'),
  row('sht_rm', ['str', 'str'], 'int', (route, name, key) => {
    const table = tableOf(route, name);
    if (table === undefined) return FAILED;
    table.delete(key);
    return OK;
  }, 'Removes an entry; 1 also when there is none'),
  row('sht_reset', ['str'], 'int', (route, name) => {
    const table = tableOf(route, name);
    if (table === undefined) return FAILED;
    table.clear();
    return 0;
  }, 'Removes all entries of a table; 0 done, -1 no such table'),
  row('sht_is_null', ['str', 'str'], 'int', isNull, '1 the key is missing, -1 it is there, 2 no such table, -2 it is missing and the table has an initial value'),
  row('sht_inc', ['str', 'str'], 'int', (route, name, key) => add(route, name, key, 1), 'Adds one and gives the new number; -255 when there is no number to start from'),
  row('sht_dec', ['str', 'str'], 'int', (route, name, key) => add(route, name, key, -1), 'Takes one away and gives the new number; -255 when there is no number to start from'),
  row('sht_match_name', ['str', 'str', 'str'], 'int', matchName, '1 when a key matches: eq ne re sw ew in; "eq" looks the key up, the others pass over the table'),
  row('sht_match_str_value', ['str', 'str', 'str'], 'int', matchText, '1 when a value that is text matches: eq ne re sw ew in'),
  row('sht_rm_name', ['str', 'str', 'str'], 'int', removeNames, 'Removes the entries whose keys match: eq ne re sw ew in'),
  row('sht_rm_value', ['str', 'str', 'str'], 'int', removeTexts, 'Removes the entries whose values are text and match: eq ne re sw ew in'),
  row('sht_rm_name_re', ['str', 'str'], 'int', (route, name, expression) => removeNames(route, name, 're', expression), 'Removes the entries whose keys match a regular expression'),
  row('sht_rm_value_re', ['str', 'str'], 'int', (route, name, expression) => removeTexts(route, name, 're', expression), 'Removes the entries whose texts match a regular expression'),
  row('sht_cn', ['str', 'str', 'str'], 'int', count, 'How many keys match: eq ne re sw ew in; -1 no such table or operator'),
  row('sht_iterator_start', ['str', 'str'], 'int', startIterator, 'Starts an iterator of that name over a table; it sees the keys that are there now'),
  row('sht_iterator_next', ['str'], 'int', (route, iterator) => (route.locals.iterators.get(iterator)?.next() === true ? OK : FAILED), 'Moves to the next entry; -1 at the end'),
  row('sht_iterator_end', ['str'], 'int', (route, iterator) => (route.locals.iterators.delete(iterator) ? OK : FAILED), 'Ends an iterator; one that is not ended goes with its route'),
  row('sht_iterator_rm', ['str'], 'int', (route, iterator) => onCurrent(route, iterator, (table, key) => {
    table.delete(key);
    return true;
  }), 'Removes the entry that the iterator is at'),
  row('sht_iterator_sets', ['str', 'str'], 'int', (route, iterator, value) => onCurrent(route, iterator, (table, key) => table.set(key, value)), 'Sets the entry that the iterator is at to a text'),
  row('sht_iterator_seti', ['str', 'int'], 'int', (route, iterator, value) => onCurrent(route, iterator, (table, key) => table.set(key, value)), 'Sets the entry that the iterator is at to a number'),
  row('sht_iterator_setex', ['str', 'int'], 'int', (route, iterator, expiresS) => onCurrent(route, iterator, (table, key) => table.setExpires(key, expiresS)), 'Lets the entry that the iterator is at go away after so many seconds'),
  row('sht_lock', ['str', 'str'], 'int', (route, name) => (tableOf(route, name) === undefined ? FAILED : OK), 'Nothing to do: no other route runs between two functions that do not wait. It does not hold over one that waits'),
  row('sht_unlock', ['str', 'str'], 'int', (route, name) => (tableOf(route, name) === undefined ? FAILED : OK), 'Nothing to do, see sht_lock'),
];
