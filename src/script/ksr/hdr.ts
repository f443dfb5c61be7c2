import { headerName, isWholeHeaderLines } from '../header-name.ts';
import type { RouteContext } from '../route-context.ts';
import { rowsOf, type KsrValue } from '../row.ts';

const { row } = rowsOf<RouteContext>('hdr');

const DONE = 1;
const FAILED = -1;

/** Behind the last header field. The text must be whole lines: a value that ends its line would smuggle in headers. */
export function appendHeader(route: RouteContext, lines: string): number {
  return insertAt(route, route.message.headerEnd, lines);
}

/** Before the first header field. */
function insertHeader(route: RouteContext, lines: string): number {
  return insertAt(route, route.message.fieldStart(0), lines);
}

function insertAt(route: RouteContext, at: number, lines: string): number {
  if (!isWholeHeaderLines(lines)) return FAILED;
  route.edits.insert(at, lines);
  return DONE;
}

function appendAfter(route: RouteContext, lines: string, name: string): number {
  const fields = headerName(name).all(route.message);
  const last = fields.at(-1);
  return last === undefined ? FAILED : insertAt(route, route.message.fieldEnd(last), lines);
}

function insertBefore(route: RouteContext, lines: string, name: string): number {
  const first = headerName(name).find(route.message);
  return first < 0 ? FAILED : insertAt(route, route.message.fieldStart(first), lines);
}

function appendToReply(route: RouteContext, lines: string): number {
  if (!isWholeHeaderLines(lines)) return FAILED;
  if (route.replyHeaders.length + lines.length > MAX_REPLY_HEADERS) return FAILED;
  route.replyHeaders += lines;
  return DONE;
}
/** Octets of header lines that a route may collect for its reply. */
const MAX_REPLY_HEADERS = 32_768;

/** Takes field number `index` out of the message. */
export function removeField(route: RouteContext, index: number): void {
  route.edits.remove(route.message.fieldStart(index), route.message.fieldEnd(index));
}

/** All fields of that name; 1 even when there was none. */
export function removeHeader(route: RouteContext, name: string): number {
  if (name === '') return FAILED;
  const { message } = route;
  const header = headerName(name);
  for (let index = header.find(message); index >= 0; index = header.find(message, index + 1)) removeField(route, index);
  return DONE;
}

/** Checks the text first: a failure leaves the message as it was. */
function removeAnd(add: (route: RouteContext, lines: string) => number) {
  return (route: RouteContext, name: string, lines: string): number =>
    isWholeHeaderLines(lines) && removeHeader(route, name) === DONE ? add(route, lines) : FAILED;
}

const valueOf = (route: RouteContext, name: string): string | null => headerName(name).value(route.message);
const valueAt = (route: RouteContext, name: string, index: number): string | null => headerName(name).valueAt(route.message, index);

type Comparison = (value: string, wanted: string) => boolean;

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['eq', (value, wanted) => value === wanted],
  ['ne', (value, wanted) => value !== wanted],
  ['sw', (value, wanted) => value.startsWith(wanted)],
  ['in', (value, wanted) => value.includes(wanted)],
]);

/** Which fields: `f` the first, `l` the last, `a` all of them, `o` any one. */
function matchContent(route: RouteContext, name: string, operator: string, wanted: string, which: string): boolean {
  const compare = COMPARISONS.get(operator);
  if (compare === undefined || wanted === '') return false;
  const lower = wanted.toLowerCase();
  const values = headerName(name).all(route.message).map((index) => route.message.fieldValue(index).toLowerCase());
  const matches = (value: string | undefined): boolean => value !== undefined && compare(value, lower);
  switch (which.charAt(0).toLowerCase()) {
    case 'f':
      return matches(values[0]);
    case 'l':
      return matches(values.at(-1));
    case 'a':
      return values.length > 0 && values.every(matches);
    case 'o':
      return values.some(matches);
    default:
      return false;
  }
}

const orEmpty = (value: KsrValue): KsrValue => value ?? '';
const orNullText = (value: KsrValue): KsrValue => value ?? '<null>';

export const hdrRows = [
  row('append', ['str'], 'int', appendHeader, 'Adds whole header lines behind the last one; not seen by later reads of this message'),
  row('insert', ['str'], 'int', insertHeader, 'Adds whole header lines before the first one'),
  row('append_after', ['str', 'str'], 'int', appendAfter, 'Adds whole header lines behind the last header of this name; -1 when there is none'),
  row('insert_before', ['str', 'str'], 'int', insertBefore, 'Adds whole header lines before the first header of this name; -1 when there is none'),
  row('append_to_reply', ['str'], 'int', appendToReply, 'Adds whole header lines to the next reply to this request'),
  row('remove', ['str'], 'int', removeHeader, 'Takes all headers of this name away; 1 even when there is none'),
  row('rmappend', ['str', 'str'], 'int', removeAnd(appendHeader), 'Takes all headers of the first name away and adds lines behind the last header'),
  row('rminsert', ['str', 'str'], 'int', removeAnd(insertHeader), 'Takes all headers of the first name away and adds lines before the first header'),
  row('is_present', ['str'], 'int', (route, name) => (headerName(name).find(route.message) < 0 ? FAILED : DONE), '1 when there is a header of this name'),
  row('get', ['str'], 'xval', valueOf, 'Value of the first header of this name, nil when there is none'),
  row('gete', ['str'], 'xval', (route, name) => orEmpty(valueOf(route, name)), 'Value of the first header of this name, "" when there is none'),
  row('getw', ['str'], 'xval', (route, name) => orNullText(valueOf(route, name)), 'Value of the first header of this name, "<null>" when there is none'),
  row('get_idx', ['str', 'int'], 'xval', valueAt, 'Value of header number i of this name, a negative one counted from the end'),
  row('gete_idx', ['str', 'int'], 'xval', (route, name, index) => orEmpty(valueAt(route, name, index)), 'The same, "" when there is none'),
  row('getw_idx', ['str', 'int'], 'xval', (route, name, index) => orNullText(valueAt(route, name, index)), 'The same, "<null>" when there is none'),
  row('match_content', ['str', 'str', 'str', 'str'], 'bool', matchContent, 'True when headers of this name eq, ne, sw or in a value: the first (f), the last (l), all (a) or any one (o)'),
];
