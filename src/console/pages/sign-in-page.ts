import { html } from '../html.ts';
import { card, page } from './page.ts';

/**
 * What is about to happen, before the browser leaves for X. The name is there so that nobody links his account with
 * the phone of somebody who has sent him a code.
 *
 * @param parts.sipUser  undefined when a link is to be ended
 */
export function signInPage({ sipUser, url }: { sipUser: string | undefined; url: string }): string {
  const what =
    sipUser !== undefined
      ? html`<p>Next, X asks you to sign in and to let this service see who you are. The account that you choose there will be
able to make calls for the SIP user <b>${sipUser}</b>, by writing to this service.</p>`
      : html`<p>Next, X asks you to sign in, so that we know which account it is. Then its link with a SIP user ends at once.</p>`;
  return page(
    'Sign in with X',
    card(
      sipUser !== undefined ? 'One more step' : 'Which account is it?',
      html`${what}
<p><a class="button" href="${url}" rel="noreferrer">Sign in with X</a></p>
<p class="hint">You have ten minutes. Close this page if you did not ask for it, or if that is not you.</p>`,
    ),
  );
}
