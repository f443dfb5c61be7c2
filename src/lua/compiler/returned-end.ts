/** One thing that luaparse 0.3.1 reads wrongly: it takes the string of `return "end"` for the keyword. */

export interface Token {
  readonly type: number;
  readonly value: unknown;
  readonly range: readonly [number, number];
}

/** `luaparse.tokenTypes` */
export interface TokenTypes {
  readonly StringLiteral: number;
  readonly Keyword: number;
}

const SUSPECT = /\breturn\s*["'[]/;

/** Puts such strings into parentheses, which change nothing else. @param tokens reads the tokens of a text */
export function protectReturnedEnd(text: string, tokens: (text: string) => Iterable<Token>, types: TokenTypes): string {
  if (!SUSPECT.test(text)) return text;
  let result = '';
  let copied = 0;
  let afterReturn = false;
  for (const { type, value, range } of tokens(text)) {
    if (afterReturn && type === types.StringLiteral && value === 'end') {
      result += `${text.slice(copied, range[0])}(${text.slice(...range)})`;
      copied = range[1];
    }
    afterReturn = type === types.Keyword && value === 'return';
  }
  return result + text.slice(copied);
}
