/** A Lua program as a tree of statements: what the generator writes, and what is made smaller when it fails. */

/** A line, or a block of sections: `if … then` body `else` body `end`. */
export type Statement = string | Block;

export interface Block {
  readonly sections: readonly Section[];
  readonly end: string;
}

export interface Section {
  readonly head: string;
  readonly body: readonly Statement[];
}

export function block(head: string, body: readonly Statement[], end = 'end'): Block {
  return { sections: [{ head, body }], end };
}

/** The source text, a statement a line. */
export function sourceOf(statements: readonly Statement[], indent = ''): string {
  return statements
    .map((statement) => {
      if (typeof statement === 'string') return `${indent}${statement}\n`;
      const sections = statement.sections.map(({ head, body }) => `${indent}${head}\n${sourceOf(body, `${indent}  `)}`);
      return `${sections.join('')}${indent}${statement.end}\n`;
    })
    .join('');
}
