/**
 * Which line of Lua each line of JavaScript comes from. While code is put together, marks say where the Lua line
 * changes; at the end each mark that changes something becomes a line break.
 */
const MARK = /\u0001(\d+)\u0001/g;

/** Put in front of code that belongs to that line of Lua. Strings of the script cannot contain one: they are escaped. */
export function markLine(line: number): string {
  return `\u0001${line}\u0001`;
}

export interface MappedCode {
  readonly code: string;
  /** The line of Lua of each line of `code`, the first one at 0. */
  readonly lines: readonly number[];
}

/** Turns marks into line breaks. */
export function breakLines(marked: string): MappedCode {
  const lines = [0];
  const code = marked.replace(MARK, (_mark, digits: string) => {
    const line = Number(digits);
    if (line === lines.at(-1)) return '';
    lines.push(line);
    return '\n';
  });
  return { code, lines };
}
