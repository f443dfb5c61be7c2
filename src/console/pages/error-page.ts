import { html } from '../html.ts';
import { card, page } from './page.ts';

const WORDS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ['That did not work', 'The request could not be understood. Go back and try once more.'],
  403: ['This form is too old', 'It was opened long ago, in another browser, or on another page. Load the page again and send it once more.'],
  404: ['There is nothing here', 'The address is wrong.'],
  405: ['That did not work', 'This address does not take that kind of request.'],
  413: ['That is too much', 'The request is larger than this page takes.'],
  415: ['That did not work', 'The request has a form that this page does not take.'],
  429: ['Too many requests', 'Wait a minute, then go on.'],
  503: ['Not now', 'The service cannot do this at the moment. Try again in a minute.'],
};

/** A failure in plain words. The number lets an operator find the line in the log. */
export function errorPage(status: number, requestId: string): string {
  const [title, text] = WORDS[status] ?? (status < 500 ? WORDS[400]! : ['Something broke', 'It is our fault, not yours. Try again in a minute.']);
  return page(title, card(title, html`<p class="bad" role="alert">${text}</p><p class="hint">Number of this request: <code>${requestId}</code></p>`));
}
