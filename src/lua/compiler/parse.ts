/** The only door to luaparse. */
import { createRequire } from 'node:module';

import { findParenthesised } from './parentheses.ts';
import { protectReturnedEnd, type Token, type TokenTypes } from './returned-end.ts';
import type { Chunk, Expression } from './ast.ts';

export interface ParsedChunk {
  readonly chunk: Chunk;
  /** The source with blanks for its comments; offsets of nodes are offsets in it. */
  readonly code: string;
  /** Calls and `...` in parentheses: they give one value only. */
  readonly parenthesised: ReadonlySet<Expression>;
}

export interface SyntaxFault {
  readonly line: number;
  readonly message: string;
}

interface Luaparse {
  readonly tokenTypes: TokenTypes & { readonly EOF: number };
  parse(source: string, options: object & { readonly wait: true }): { lex(): Token };
  parse(source: string, options: object): Chunk & { readonly comments: readonly { readonly range: readonly [number, number] }[] };
}

const luaparse = createRequire(import.meta.url)('luaparse') as Luaparse;

const OPTIONS = { luaVersion: '5.3', locations: true, ranges: true, comments: true, scope: false, encodingMode: 'pseudo-latin1' };

/** Parses a one-byte source. A first line that starts with `#` is skipped, as Lua does with files. */
export function parseChunk(source: string): ParsedChunk | SyntaxFault {
  const lua = source.startsWith('#') ? source.replace(/^[^\n]*/, (line) => ' '.repeat(line.length)) : source;
  try {
    const text = protectReturnedEnd(lua, tokensOf, luaparse.tokenTypes);
    const chunk = luaparse.parse(text, OPTIONS);
    let code = '';
    for (const { range } of chunk.comments) {
      code += text.slice(code.length, range[0]);
      code += text.slice(range[0], range[1]).replace(/[^\n]/g, ' ');
    }
    code += text.slice(code.length);
    return { chunk, code, parenthesised: findParenthesised(chunk, code) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line = 0 } = error as { line?: number };
    return { line, message: error.message };
  }
}

function* tokensOf(text: string): Generator<Token> {
  const lexer = luaparse.parse(text, { ...OPTIONS, wait: true });
  for (let token = lexer.lex(); token.type !== luaparse.tokenTypes.EOF; token = lexer.lex()) yield token;
}
