import { createHash } from 'node:crypto';
import { unescapeUri } from '../../../sip/uri/uri.ts';
import { trimBlanks, trimBlanksBefore, trimBlanksBehind } from '../../blanks.ts';
import { integerOf, type PvValue } from '../pseudo-variable.ts';
import { simple, wholeNumber, withTexts, type TransformationCatalogue, type TransformationFactory } from '../transformation.ts';

const hash = (algorithm: string): TransformationFactory => simple((value) => createHash(algorithm).update(value, 'latin1').digest('hex'));

const encode = (encoding: 'hex' | 'base64' | 'base64url'): TransformationFactory => simple((value) => Buffer.from(value, 'latin1').toString(encoding));
const decode = (encoding: 'hex' | 'base64' | 'base64url'): TransformationFactory => simple((value) => Buffer.from(value, encoding).toString('latin1'));

/** `{s.substr,offset,length}`: a negative offset counts from the end, length 0 is the rest. Null when the offset is outside. */
function substring(value: string, offsetText: string, lengthText: string): PvValue {
  const offset = wholeNumber(offsetText);
  const length = lengthText === '' ? 0 : wholeNumber(lengthText);
  if (offset === undefined || length === undefined || length < 0) return null;
  const start = offset < 0 ? value.length + offset : offset;
  if (start < 0 || start >= value.length) return null;
  return length === 0 ? value.slice(start) : value.slice(start, start + length);
}

/** `{s.select,index,separator}`: a negative index counts from the end (-1 is the last). '' when there is no such part. */
const select: TransformationFactory = ({ params, raw }) => {
  const [index] = params;
  // The separator itself may be the comma that parts parameters: `{s.select,0,,}`.
  const separator = raw.endsWith(',,') ? ',' : (params[1]?.text ?? '');
  if (index === undefined || separator === '') return undefined;
  return (value, route) => {
    const at = wholeNumber(index.evaluate(route));
    return at === undefined ? null : (value.split(separator.charAt(0)).at(at) ?? '');
  };
};

const strip = withTexts(1, (value, count) => value.slice(Math.max(0, wholeNumber(count) ?? 0)));
const stripTail = withTexts(1, (value, count) => value.slice(0, Math.max(0, value.length - Math.max(0, wholeNumber(count) ?? 0))));

const BACKSLASHED: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', "'": "\\'", '\0': '\\0' };

const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;

/** All prefixes, shortest first, with commas: `4,49,493`. */
function prefixes(value: string, most: string, quote: string): string {
  const limit = Math.min(value.length, MAX_PREFIXES, wholeNumber(most) ?? value.length);
  const found: string[] = [];
  for (let length = 1; length <= limit; length += 1) found.push(quote + value.slice(0, length) + quote);
  return found.join(',');
}
const MAX_PREFIXES = 64;

function indexOf(value: string, wanted: string, from: string): number {
  const start = wholeNumber(from) ?? 0;
  return value.indexOf(wanted, start < 0 ? value.length + start : start);
}

/** Lines of `length` characters, each but the first indented by `indent` blanks. */
function formatLines(value: string, length: string, indent: string): PvValue {
  const width = wholeNumber(length);
  if (width === undefined || width <= 0) return null;
  const lines: string[] = [];
  for (let at = 0; at < value.length; at += width) lines.push(value.slice(at, at + width));
  return lines.join(`\r\n${' '.repeat(Math.min(Math.max(0, wholeNumber(indent) ?? 0), 80))}`);
}

const around = (side: 'before' | 'after', last: boolean): TransformationFactory =>
  withTexts(1, (value, character) => {
    const at = last ? value.lastIndexOf(character) : value.indexOf(character);
    if (at < 0) return side === 'before' ? value : '';
    return side === 'before' ? value.slice(0, at) : value.slice(at + character.length);
  });

/** `{s.…}`. */
export const stringTransformations: TransformationCatalogue = {
  's.len': simple((value) => value.length),
  's.int': simple((value) => integerOf(value)),
  's.md5': hash('md5'),
  's.sha256': hash('sha256'),
  's.sha384': hash('sha384'),
  's.sha512': hash('sha512'),
  's.substr': withTexts(1, substring),
  's.select': select,
  's.strip': strip,
  's.striptail': stripTail,
  's.numeric': simple((value) => value.replace(/\D/g, '')),
  's.encode.hexa': encode('hex'),
  's.decode.hexa': decode('hex'),
  's.encode.base64': encode('base64'),
  's.decode.base64': decode('base64'),
  's.encode.base64url': encode('base64url'),
  's.decode.base64url': decode('base64url'),
  's.escape.common': simple((value) => value.replace(/[\\"'\0]/g, (character) => BACKSLASHED[character]!)),
  's.unescape.common': simple((value) => value.replace(/\\([\\"'0])/g, (_, character: string) => (character === '0' ? '\0' : character))),
  's.escape.user': simple((value) => value.replace(/[^\w\-.!~*'()&=+$,;?/]/g, percent)),
  's.unescape.user': simple(unescapeUri),
  's.escape.param': simple((value) => value.replace(/[^\w\-.!~*'()[\]/:&+$]/g, percent)),
  's.unescape.param': simple(unescapeUri),
  's.urlencode.param': simple((value) => value.replace(/[^\w\-.~]/g, percent)),
  's.urldecode.param': simple((value) => unescapeUri(value.replaceAll('+', ' '))),
  's.tolower': simple((value) => value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  's.toupper': simple((value) => value.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  's.index': withTexts(1, indexOf),
  's.rindex': withTexts(1, (value, wanted) => value.lastIndexOf(wanted)),
  's.count': withTexts(1, (value, wanted) => (wanted === '' ? 0 : value.split(wanted.charAt(0)).length - 1)),
  's.replace': withTexts(2, (value, wanted, by) => (wanted === '' ? value : value.replaceAll(wanted, () => by))),
  's.rm': withTexts(1, (value, wanted) => (wanted === '' ? value : value.replaceAll(wanted, ''))),
  's.rmws': simple((value) => value.replace(/[ \t\r\n]/g, '')),
  's.ltrim': simple(trimBlanksBefore),
  's.rtrim': simple(trimBlanksBehind),
  's.trim': simple(trimBlanks),
  's.before': around('before', false),
  's.after': around('after', false),
  's.rbefore': around('before', true),
  's.rafter': around('after', true),
  's.unbracket': simple((value) => value.replace(/^[[({<]([^]*)[\])}>]$/, '$1')),
  's.unquote': simple((value) => value.replace(/^(["'])([^]*)\1$/, '$2')),
  's.prefixes': withTexts(0, (value, most) => prefixes(value, most, '')),
  's.prefixes.quot': withTexts(0, (value, most) => prefixes(value, most, "'")),
  's.fmtlines': withTexts(2, formatLines),
};
