import { headerName } from '../../header-name.ts';
import { findsIn, MAX_SUBJECT, regularExpression } from '../../regular-expression.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';
import { variableOf } from '../pv.ts';
import { fitContentLength } from './body.ts';

const { row } = rowsOf<RouteContext>('textops');

const FOUND = 1;
const NOT_FOUND = -1;

/** Kamailio's: without regard to case, and a line is a line. */
const FLAGS = 'im';

const answer = (found: boolean): number => (found ? FOUND : NOT_FOUND);

/** Fields of one name: `f` the first, `l` the last, otherwise all of them. */
export function fieldsOf(route: RouteContext, name: string, which: string): number[] {
  const all = headerName(name).all(route.message);
  if (all.length < 2) return all;
  switch (which.charAt(0)) {
    case 'f':
      return all.slice(0, 1);
    case 'l':
      return all.slice(-1);
    default:
      return all;
  }
}

function searchHeader(route: RouteContext, name: string, source: string, which: string): number {
  return answer(fieldsOf(route, name, which).some((index) => findsIn(source, FLAGS, route.message.fieldValue(index))));
}

/** Adds text behind the first match at or after `start`. */
function appendAfterMatch(route: RouteContext, start: number, source: string, text: string): number {
  const { message, edits } = route;
  const subject = message.raw.slice(start, message.bodyEnd);
  const match = subject.length > MAX_SUBJECT ? null : regularExpression(source, FLAGS)?.exec(subject);
  if (match === null || match === undefined) return NOT_FOUND;
  const at = start + match.index + match[0].length;
  edits.insert(at, text);
  if (at >= message.bodyStart) fitContentLength(route);
  return FOUND;
}

/** Part number `group` of a match of `source` in `text`, written to a variable; the count of groups bounds it. */
function regexSubstring(route: RouteContext, text: string, source: string, group: number, count: number, name: string): number {
  const match = text.length > MAX_SUBJECT ? null : regularExpression(source, FLAGS)?.exec(text);
  if (match === null || match === undefined || group < 0 || group >= Math.max(1, count)) return NOT_FOUND;
  const part = match[group];
  return part !== undefined && variableOf(route, name)?.set(route, part) === true ? FOUND : NOT_FOUND;
}

const wholeText = (route: RouteContext): string => route.message.raw.slice(0, route.message.bodyEnd);

/** Looking for something in a message or a text, by regular expression. */
export const searchRows = [
  row('search', ['str'], 'int', (route, source) => answer(findsIn(source, FLAGS, wholeText(route))), '1 when a regular expression finds something in the message'),
  row('search_body', ['str'], 'int', (route, source) => answer(findsIn(source, FLAGS, route.message.body)), '1 when a regular expression finds something in the body'),
  row('search_str', ['str', 'str'], 'int', (_route, text, source) => answer(findsIn(source, FLAGS, text)), '1 when a regular expression finds something in a text'),
  row('search_hf', ['str', 'str', 'str'], 'int', searchHeader, '1 when a regular expression finds something in headers of this name: the first (f), the last (l) or any (a)'),
  row('search_append', ['str', 'str'], 'int', (route, source, text) => appendAfterMatch(route, route.message.fieldStart(0), source, text), 'Adds a text behind the first match in the message'),
  row('search_append_body', ['str', 'str'], 'int', (route, source, text) => appendAfterMatch(route, route.message.bodyStart, source, text), 'Adds a text behind the first match in the body'),
  row('regex_substring', ['str', 'str', 'int', 'int', 'str'], 'int', regexSubstring, 'Writes part number i of a match in a text to a variable'),
];
