import { html } from '../html.ts';
import { card, page } from './page.ts';

export function unlinkPage({ formToken, botName, canSignIn }: { formToken: string; botName: string | undefined; canSignIn: boolean }): string {
  const bot = botName === undefined ? 'the account of this service' : `@${botName}`;
  const form = html`<form method="post" action="/unlink">
<input type="hidden" name="token" value="${formToken}">
<button>Continue to X</button>
</form>
<p class="hint">Or write “stop” to ${bot}.</p>`;
  return page(
    'Unlink',
    card(
      'Part your phone from X',
      html`<p>Your account on X can no longer make calls, and you are told of nothing on X any more. Your phone goes on
working.</p>
${canSignIn ? form : html`<p>Write “stop” to ${bot}, from the account that is linked.</p>`}`,
    ),
  );
}
