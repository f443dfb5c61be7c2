/** The line under the title of a page that nobody should edit by hand. */
export const GENERATED = 'This page is made from the code by `npm run docs`; do not edit it.';

/** A page of paragraphs, headings and tables. */
export function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

/** A cell of a table: a `|` in it would end it. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** A table, one line a row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** A path of the repository as a link on a page in `docs/`; the first folder is not shown. */
export function codeLink(path: string): string {
  return `[${path.slice(path.indexOf('/') + 1)}](../${path})`;
}
