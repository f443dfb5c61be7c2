import { trimBlanks } from '../../blanks.ts';
import { unquote } from '../../../sip/grammar/scan.ts';
import { substitute, substitution } from '../../substitution.ts';
import type { PvValue } from '../pseudo-variable.ts';
import { simple, wholeNumber, withTexts, type TransformationCatalogue, type TransformationFactory } from '../transformation.ts';

interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** `a=1;b="2;3";c`: separators in quotes part nothing. */
function parametersOf(text: string, separator: string): Parameter[] {
  const parameters: Parameter[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') quoted = !quoted;
    if (at < text.length && (quoted || character !== separator)) continue;
    const part = trimBlanks(text.slice(start, at));
    start = at + 1;
    if (part === '') continue;
    const equals = part.indexOf('=');
    parameters.push(equals < 0 ? { name: part, value: '' } : { name: trimBlanks(part.slice(0, equals)), value: unquote(trimBlanks(part.slice(equals + 1))) });
  }
  return parameters;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const separatorOf = (text: string): string => (text === '' ? ';' : text.charAt(0));

/** `{param.…,name or index,separator}`; ';' is the separator when none is given. */
const ofParameters = (read: (parameters: readonly Parameter[], which: string) => PvValue): TransformationFactory =>
  withTexts(1, (value, which, separator) => read(parametersOf(value, separatorOf(separator)), which));

const at = (parameters: readonly Parameter[], index: string): Parameter | undefined => {
  const number = wholeNumber(index);
  return number === undefined ? undefined : parameters.at(number);
};

const lines = (value: string): string[] => value.split(/\r?\n/);

/** `/expression/replacement/flags` behind the first comma; a text without a match stays as it is. */
const regexSubstitution: TransformationFactory = ({ raw }) => {
  const how = substitution(raw);
  return how === undefined ? undefined : (value) => substitute(value, how) ?? value;
};

/** `{param.…}`, `{line.…}` and `{re.…}`. */
export const listTransformations: TransformationCatalogue = {
  'param.value': ofParameters((parameters, name) => parameters.find((found) => same(found.name, name))?.value ?? ''),
  'param.in': ofParameters((parameters, name) => (parameters.some((found) => same(found.name, name)) ? 1 : 0)),
  'param.valueat': ofParameters((parameters, index) => at(parameters, index)?.value ?? ''),
  'param.name': ofParameters((parameters, index) => at(parameters, index)?.name ?? ''),
  'param.count': withTexts(0, (value, separator) => parametersOf(value, separatorOf(separator)).length),
  'line.count': simple((value) => value.split('\n').length - (value.endsWith('\n') || value === '' ? 1 : 0)),
  'line.at': withTexts(1, (value, index) => {
    const number = wholeNumber(index);
    return number === undefined ? null : (lines(value).at(number) ?? '');
  }),
  'line.sw': withTexts(1, (value, prefix) => lines(value).find((line) => line.startsWith(prefix)) ?? ''),
  'line.in': withTexts(1, (value, wanted) => lines(value).find((line) => line.includes(wanted)) ?? ''),
  're.subst': regexSubstitution,
};
