import { html, type Html } from '../html.ts';
import { alert, card, page } from './page.ts';

/** What stands in the fields: what was typed before, or came with the address. */
export interface LinkFields {
  readonly code: string;
  readonly sipUser: string;
  /** Which of the two forms was refused. */
  readonly problem: 'code' | 'password' | undefined;
}

export interface LinkPageParts extends LinkFields {
  readonly formToken: string;
  readonly botName: string | undefined;
  /** False when the operator has given no OAuth 2.0 client: then codes are sent by message only. */
  readonly canSignIn: boolean;
}

/** Two ways to say which SIP user one is: a one-time code, or the SIP password. Signing in with X comes behind it. */
export function linkPage(parts: LinkPageParts): string {
  const cards = parts.canSignIn ? html`${byCode(parts)}${byPassword(parts)}` : byMessage(parts);
  return page('Link your account', cards);
}

function byCode({ formToken, code, problem }: LinkPageParts): Html {
  return card(
    'Link your account on X',
    html`${problem === 'code' ? alert('This code is wrong, was used already, or has ended. Look at it once more, or ask for a new one.') : undefined}
<p>You have a code from whoever runs your telephone service.</p>
<form method="post" action="/link">
<input type="hidden" name="token" value="${formToken}">
<label for="code">Code</label>
<input class="code" id="code" name="code" value="${code}" placeholder="SW-7F3K-9QXM" required maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck="false">
<button>Continue</button>
</form>`,
  );
}

function byPassword({ formToken, sipUser, problem }: LinkPageParts): Html {
  return html`<section class="card"><h2>No code? Use your SIP password</h2>
${problem === 'password' ? alert('User name or password is wrong.') : undefined}
<form method="post" action="/link">
<input type="hidden" name="token" value="${formToken}">
<label for="user">SIP user name</label>
<input id="user" name="user" value="${sipUser}" required maxlength="64" autocomplete="username" autocapitalize="none" spellcheck="false">
<label for="password">SIP password</label>
<input id="password" name="password" type="password" required maxlength="256" autocomplete="current-password">
<button>Continue</button>
</form></section>`;
}

function byMessage({ code, botName }: LinkPageParts): Html {
  const bot = botName === undefined ? 'the account of this service' : `@${botName}`;
  const text = code === '' ? 'link SW-…' : `link ${code}`;
  return card(
    'Link your account on X',
    html`<p>Ask whoever runs your telephone service for a code. Then, from your account on X, send it to ${bot}
as a direct message:</p>
<p><code>${text}</code></p>
<p class="hint">Signing in here is not set up.</p>`,
  );
}
