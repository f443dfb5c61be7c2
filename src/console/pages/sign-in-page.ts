import { html } from '../html.ts';
import { card, page } from './page.ts';

/** What is about to happen, before the browser leaves for X. */
export function signInPage({ purpose, sipUser, url }: { purpose: 'link' | 'unlink'; sipUser: string | undefined; url: string }): string {
  const who = sipUser === undefined ? html`your SIP user` : html`the SIP user <b>${sipUser}</b>`;
  const what =
    purpose === 'link'
      ? html`<p>Next, X asks you to sign in and to let this service see who you are. The account that you choose there will be
able to make calls for ${who}, by writing to this service.</p>`
      : html`<p>Next, X asks you to sign in, so that we know which account it is. Then its link with a SIP user ends at once.</p>`;
  return page(
    'Sign in with X',
    card(
      purpose === 'link' ? 'One more step' : 'Which account is it?',
      html`${what}
<p><a class="button" href="${url}" rel="noreferrer">Sign in with X</a></p>
<p class="hint">You have ten minutes. Close this page if you did not ask for it.</p>`,
    ),
  );
}
