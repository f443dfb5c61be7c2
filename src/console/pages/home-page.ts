import { html } from '../html.ts';
import { card, page } from './page.ts';

/** @param botName  our handle on X without `@`, when X has told it */
export function homePage(botName: string | undefined): string {
  const bot = botName === undefined ? html`the account of this service` : html`<b>@${botName}</b>`;
  return page(
    'Phone and X',
    card(
      'Your phone and your account on X',
      html`<p>This telephone service knows you by your SIP user name. Link it with your account on X, and you can write to
${bot}: “call @alice”, “remind me at 9 to call mum”. You are told on X of calls that you missed.</p>
<p>Nobody acts for you on X: the service learns who you are there, and reads what is written to its own account.</p>
<p><a class="button" href="/link">Link my account</a></p>
<p class="hint">To end it write “stop” to ${bot}, or use <a href="/unlink">Unlink</a>. It ends at once.</p>`,
    ),
  );
}
