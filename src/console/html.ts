import { escapeHtml } from '../base/html.ts';

/** Text that is HTML already. Made by `html` only, so that nothing gets into a page unescaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between the pieces of a template: text is escaped, `Html` is not, `undefined` is nothing. */
export type HtmlPart = string | number | Html | undefined | readonly Html[];

/** A template of HTML: html`<p>${text}</p>`. Values of attributes go into quotes. */
export function html(pieces: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(pieces.map((piece, at) => (at === 0 ? '' : textOf(parts[at - 1])) + piece).join(''));
}

function textOf(part: HtmlPart): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(({ text }: Html) => text).join('');
  return escapeHtml(String(part));
}
