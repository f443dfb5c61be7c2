import { MAX_SUBJECT, regularExpression } from '../../regular-expression.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';
import { setRequestUri, setRequestUriParts } from '../../pseudo-variables/request-uri.ts';
import { replacementsIn, substitute, substitution, type Replacement, type Substitution } from '../../substitution.ts';
import { hasControls } from '../../header-name.ts';
import { variableOf } from '../pv.ts';
import { fitContentLength } from './body.ts';
import { fieldsOf } from './search.ts';

const { row } = rowsOf<RouteContext>('textops');

const REPLACED = 1;
const NOT_REPLACED = -1;

/** A part of the message: [start, end). */
type Region = (route: RouteContext) => readonly [number, number];

/** Header and body; the start line has functions of its own. */
const behindStartLine: Region = ({ message }) => [message.fieldStart(0), message.bodyEnd];
const header: Region = ({ message }) => [message.fieldStart(0), message.headerEnd];
const body: Region = ({ message }) => [message.bodyStart, message.bodyEnd];

function applyTo(route: RouteContext, start: number, replacements: readonly Replacement[]): number {
  for (const { start: from, end, text } of replacements) route.edits.replace(start + from, start + end, text);
  const last = replacements.at(-1);
  if (last === undefined) return NOT_REPLACED;
  if (start + last.end > route.message.bodyStart) fitContentLength(route);
  return REPLACED;
}

/** The text is taken as it is: `\1` means nothing here. */
const replace = (region: Region, global: boolean) => (route: RouteContext, source: string, text: string): number => {
  const [start, end] = region(route);
  const expression = regularExpression(source, 'gim');
  if (expression === undefined || end - start > MAX_SUBJECT) return NOT_REPLACED;
  return applyTo(route, start, replacementsIn(route.message.raw.slice(start, end), { expression, replacement: [text], global }));
};

const subst = (region: Region) => (route: RouteContext, text: string): number => {
  const [start, end] = region(route);
  const how = substitution(text);
  return how === undefined ? NOT_REPLACED : applyTo(route, start, replacementsIn(route.message.raw.slice(start, end), how));
};

function substHeader(route: RouteContext, name: string, text: string, which: string): number {
  const how = substitution(text);
  if (how === undefined) return NOT_REPLACED;
  const results = fieldsOf(route, name, which).map((index) => substField(route, index, how));
  return results.includes(REPLACED) ? REPLACED : NOT_REPLACED;
}

function substField(route: RouteContext, index: number, how: Substitution): number {
  const { message } = route;
  const found = replacementsIn(message.fieldValue(index), how);
  // A header's value must not end its line.
  return found.some(({ text }) => hasControls(text)) ? NOT_REPLACED : applyTo(route, message.valueStart(index), found);
}

function substituted(text: string, how: string): string | undefined {
  const read = substitution(how);
  return read === undefined ? undefined : substitute(text, read);
}

function substUri(route: RouteContext, how: string): number {
  const uri = substituted(route.requestUri, how);
  return uri !== undefined && setRequestUri(route, uri) ? REPLACED : NOT_REPLACED;
}

function substUser(route: RouteContext, how: string): number {
  const user = substituted(route.parsedRequestUri?.user ?? '', how);
  return user !== undefined && setRequestUriParts(route, { user }) ? REPLACED : NOT_REPLACED;
}

function substText(route: RouteContext, text: string, how: string, name: string): number {
  const result = substituted(text, how);
  return result !== undefined && variableOf(route, name)?.set(route, result) === true ? REPLACED : NOT_REPLACED;
}

/** Replacing what a regular expression finds. 1 when something was found, else -1. */
export const replaceRows = [
  row('replace', ['str', 'str'], 'int', replace(behindStartLine, false), 'Replaces the first match in header and body'),
  row('replace_all', ['str', 'str'], 'int', replace(behindStartLine, true), 'Replaces all matches in header and body'),
  row('replace_hdrs', ['str', 'str'], 'int', replace(header, true), 'Replaces all matches in the header'),
  row('replace_body', ['str', 'str'], 'int', replace(body, false), 'Replaces the first match in the body; Content-Length follows'),
  row('replace_body_all', ['str', 'str'], 'int', replace(body, true), 'Replaces all matches in the body; Content-Length follows'),
  row('replace_body_atonce', ['str', 'str'], 'int', replace(body, true), 'The same as replace_body_all'),
  row('subst', ['str'], 'int', subst(behindStartLine), 'Replaces in header and body as "/expression/replacement/flags" says'),
  row('subst_body', ['str'], 'int', subst(body), 'Replaces in the body as "/expression/replacement/flags" says'),
  row('subst_hf', ['str', 'str', 'str'], 'int', substHeader, 'Replaces in values of headers of this name: the first (f), the last (l) or all (a)'),
  row('subst_uri', ['str'], 'int', substUri, 'Replaces in the Request-URI'),
  row('subst_user', ['str'], 'int', substUser, 'Replaces in the user of the Request-URI'),
  row('subst_v', ['str', 'str', 'str'], 'int', substText, 'Replaces in a text and writes the result to a variable'),
];
