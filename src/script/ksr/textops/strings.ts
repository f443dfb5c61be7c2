import { trimBlanks } from '../../blanks.ts';
import type { RouteContext } from '../../route-context.ts';
import { rowsOf } from '../../row.ts';

const { row } = rowsOf<RouteContext>('textops');

const answer = (yes: boolean): number => (yes ? 1 : -1);

const items = (list: string, separator: string): string[] => (separator === '' ? [list] : list.split(separator.charAt(0))).map(trimBlanks);

const hasPrefix = (text: string, prefixes: readonly string[]): boolean => prefixes.some((prefix) => prefix !== '' && text.startsWith(prefix));

/** Characters of `text` that `set` has: all of them, or any one. */
const charactersIn = (text: string, set: string, which: 'every' | 'some'): boolean => text !== '' && [...text][which]((character) => set.includes(character));

/** Texts against texts; none of these looks at the message. */
export const stringRows = [
  row('cmp_str', ['str', 'str'], 'int', (_route, a, b) => answer(a === b), '1 when two texts are equal'),
  row('cmp_istr', ['str', 'str'], 'int', (_route, a, b) => answer(a.toLowerCase() === b.toLowerCase()), '1 when two texts are equal without regard to case'),
  row('starts_with', ['str', 'str'], 'int', (_route, text, prefix) => answer(text.startsWith(prefix)), '1 when a text starts with another'),
  row('ends_with', ['str', 'str'], 'int', (_route, text, suffix) => answer(text.endsWith(suffix)), '1 when a text ends with another'),
  row('str_find', ['str', 'str'], 'int', (_route, text, wanted) => answer(text.includes(wanted)), '1 when a text is in another'),
  row('str_ifind', ['str', 'str'], 'int', (_route, text, wanted) => answer(text.toLowerCase().includes(wanted.toLowerCase())), '1 when a text is in another without regard to case'),
  row('str_any_in', ['str', 'str'], 'int', (_route, text, set) => answer(charactersIn(text, set, 'some')), '1 when any character of a text is among those of another'),
  row('str_all_in', ['str', 'str'], 'int', (_route, text, set) => answer(charactersIn(text, set, 'every')), '1 when all characters of a text are among those of another'),
  row('in_list', ['str', 'str', 'str'], 'int', (_route, text, list, separator) => answer(items(list, separator).includes(text)), '1 when a text is an item of a list with this separator'),
  row('in_list_prefix', ['str', 'str', 'str'], 'int', (_route, text, list, separator) => answer(hasPrefix(text, items(list, separator))), '1 when a text starts with an item of a list with this separator'),
];
