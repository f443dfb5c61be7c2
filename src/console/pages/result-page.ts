import { html, type Html } from '../html.ts';
import { card, page } from './page.ts';

/** How it ended, in words for the person. */
export interface Result {
  readonly isGood: boolean;
  readonly title: string;
  readonly text: string;
  /** What can be done now. */
  readonly hint?: string;
  readonly link?: { readonly href: string; readonly text: string };
}

export function resultPage({ isGood, title, text, hint, link }: Result): string {
  const mark: Html = isGood ? html`<p class="good" role="status">${text}</p>` : html`<p class="bad" role="alert">${text}</p>`;
  return page(
    title,
    card(
      title,
      html`${mark}
${hint === undefined ? undefined : html`<p>${hint}</p>`}
${link === undefined ? undefined : html`<p><a class="button" href="${link.href}">${link.text}</a></p>`}`,
    ),
  );
}
