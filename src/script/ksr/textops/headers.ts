import { headerName } from '../../header-name.ts';
import { findsIn, regularExpression } from '../../regular-expression.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';
import { removeField } from '../hdr.ts';

const { row } = rowsOf<RouteContext>('textops');

const DONE = 1;
const NONE = -1;

const answer = (yes: boolean): number => (yes ? DONE : NONE);

function removeAll(route: RouteContext, fields: readonly number[]): number {
  for (const index of fields) removeField(route, index);
  return answer(fields.length > 0);
}

/** Fields whose name passes the test. */
function fieldsWhere(route: RouteContext, isWanted: (name: string) => boolean): number[] {
  const found: number[] = [];
  for (let index = 0; index < route.message.fieldCount; index += 1) if (isWanted(route.message.fieldName(index))) found.push(index);
  return found;
}

function removeByExpression(route: RouteContext, match: string, skip: string): number {
  const matches = regularExpression(match, 'i');
  const skips = skip === '' ? undefined : regularExpression(skip, 'i');
  if (matches === undefined || (skip !== '' && skips === undefined)) return NONE;
  return removeAll(route, fieldsWhere(route, (name) => matches.test(name) && skips?.test(name) !== true));
}

function removeAt(route: RouteContext, name: string, index: number): number {
  const field = headerName(name).all(route.message).at(index);
  return removeAll(route, field === undefined ? [] : [field]);
}

const COMPARISONS: ReadonlyMap<string, (value: string, wanted: string) => boolean> = new Map([
  ['eq', (value: string, wanted: string) => value === wanted],
  ['ne', (value: string, wanted: string) => value !== wanted],
  ['in', (value: string, wanted: string) => value.includes(wanted)],
  ['sw', (value: string, wanted: string) => value.startsWith(wanted)],
  ['re', (value: string, wanted: string) => findsIn(wanted, '', value)],
]);

function removeMatching(route: RouteContext, name: string, operator: string, wanted: string): number {
  const compare = COMPARISONS.get(operator);
  if (compare === undefined) return NONE;
  return removeAll(route, headerName(name).all(route.message).filter((index) => compare(route.message.fieldValue(index), wanted)));
}

const PRIVACY = headerName('Privacy');

/** RFC 3323 §4.2: a list with semicolons. */
function isPrivacy(route: RouteContext, type: string): number {
  const value = PRIVACY.value(route.message);
  return answer(value !== null && value.toLowerCase().split(/[;,\s]+/).includes(type.toLowerCase()));
}

/** Header fields by name. Kamailio's `hdr` module has the newer ones. */
export const headerRows = [
  row('is_present_hf', ['str'], 'int', (route, name) => answer(headerName(name).find(route.message) >= 0), '1 when there is a header of this name'),
  row('is_present_hf_re', ['str'], 'int', (route, source) => answer(fieldsWhere(route, (name) => findsIn(source, 'i', name)).length > 0), '1 when there is a header whose name a regular expression matches'),
  row('remove_hf', ['str'], 'int', (route, name) => removeAll(route, headerName(name).all(route.message)), 'Takes all headers of this name away; -1 when there is none'),
  row('remove_hf_re', ['str'], 'int', (route, source) => removeByExpression(route, source, ''), 'Takes headers away whose name a regular expression matches'),
  row('remove_hf_exp', ['str', 'str'], 'int', removeByExpression, 'Takes headers away whose name the first expression matches and the second does not'),
  row('remove_hf_idx', ['str', 'int'], 'int', removeAt, 'Takes header number i of this name away, a negative one counted from the end'),
  row('remove_hf_match', ['str', 'str', 'str'], 'int', removeMatching, 'Takes headers of this name away whose value eq, ne, in, sw or re a text'),
  row('is_privacy', ['str'], 'int', isPrivacy, '1 when Privacy asks for this type: id, user, header, session, critical, none'),
];
