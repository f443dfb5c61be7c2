/** The written form of a pseudo-variable, taken apart but not understood yet. */
export interface WrittenName {
  readonly name: string;
  /** What stands in parentheses behind the name, undefined when there are none. */
  readonly inner: string | undefined;
  /** What stands in brackets, undefined when there are none. */
  readonly index: string | undefined;
  /** What stands in each pair of braces, in order. */
  readonly transformations: readonly string[];
  /** Behind the last character. */
  readonly end: number;
}

/**
 * Reads `$name`, `$name(inner)`, `$(name)` and `$(name(inner)[index]{transformation}…)` at `at`, where
 * the '$' stands; undefined when there is none of these.
 */
export function readName(text: string, at: number): WrittenName | undefined {
  if (text.charAt(at) !== '$') return undefined;
  if (text.charAt(at + 1) !== '(') return readShort(text, at + 1);
  const close = closing(text, at + 1, '(', ')');
  return close < 0 ? undefined : readLong(text.slice(at + 2, close), close + 1);
}

function readShort(text: string, at: number): WrittenName | undefined {
  const nameEnd = skipName(text, at);
  if (nameEnd === at) return undefined;
  const name = text.slice(at, nameEnd);
  if (text.charAt(nameEnd) !== '(') return { name, inner: undefined, index: undefined, transformations: [], end: nameEnd };
  const close = closing(text, nameEnd, '(', ')');
  if (close < 0) return undefined;
  return { name, inner: text.slice(nameEnd + 1, close), index: undefined, transformations: [], end: close + 1 };
}

function readLong(text: string, end: number): WrittenName | undefined {
  let at = skipName(text, 0);
  if (at === 0) return undefined;
  const name = text.slice(0, at);
  let inner: string | undefined;
  let index: string | undefined;
  if (text.charAt(at) === '(') {
    const close = closing(text, at, '(', ')');
    if (close < 0) return undefined;
    inner = text.slice(at + 1, close);
    at = close + 1;
  }
  if (text.charAt(at) === '[') {
    const close = closing(text, at, '[', ']');
    if (close < 0) return undefined;
    index = text.slice(at + 1, close);
    at = close + 1;
  }
  const transformations: string[] = [];
  while (text.charAt(at) === '{') {
    const close = closing(text, at, '{', '}');
    if (close < 0) return undefined;
    transformations.push(text.slice(at + 1, close));
    at = close + 1;
  }
  return at === text.length ? { name, inner, index, transformations, end } : undefined;
}

function skipName(text: string, at: number): number {
  while (/\w/.test(text.charAt(at))) at += 1;
  return at;
}

/** Offset of the bracket that closes the one at `at`, -1 when there is none. */
function closing(text: string, at: number, open: string, close: string): number {
  let depth = 0;
  for (; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === open) depth += 1;
    else if (character === close) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}
