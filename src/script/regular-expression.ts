/**
 * Regular expressions of scripts. They are written as POSIX extended ones and run as JavaScript's:
 * named classes (`[[:digit:]]`) and word borders (`\<`, `\>`) are translated; where POSIX would take
 * the longest alternative, JavaScript takes the first.
 */

/** Expressions are literals of the script: few. Past the bound the memory starts afresh. */
const MAX_COMPILED = 512;
const MAX_SOURCE = 2048;

/** Longest text that an expression is run over, in octets: what takes quadratic time stays short. */
export const MAX_SUBJECT = 65_535;

const compiled = new Map<string, RegExp | undefined>();

/**
 * The compiled expression; undefined when it is broken, too long, or repeats a repetition as `(a+)+`
 * does, whose time doubles with every octet of the text.
 *
 * @param flags of JavaScript; with `g` the caller sets `lastIndex` before each use, for the object is shared
 */
export function regularExpression(source: string, flags: string): RegExp | undefined {
  const key = `${flags}/${source}`;
  const known = compiled.get(key);
  if (known !== undefined || compiled.has(key)) return known;
  const made = source.length > MAX_SOURCE || REPEATED_REPETITION.test(source) ? undefined : compile(source, flags);
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(key, made);
  return made;
}

/** A group that is nothing but one repeated atom, itself repeated. */
const REPEATED_REPETITION = /\((?:\?:)?(?:\\.|\[[^\]]*\]|[^()|\\[\]])(?:[*+]|\{\d*,\})\)(?:[*+]|\{\d*,\})/;

function compile(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(translate(source), flags);
  } catch {
    return undefined;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: ' \\t-\\r',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

function translate(source: string): string {
  return source.replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all).replace(/\\[<>]/g, '\\b');
}

/** True when the expression finds something in `text`; false too when it cannot be compiled or the text is too long. */
export function findsIn(source: string, flags: string, text: string): boolean {
  return text.length <= MAX_SUBJECT && regularExpression(source, flags)?.test(text) === true;
}
