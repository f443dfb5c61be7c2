import { usernameOf } from '../../json.ts';
import type { SandboxUser } from '../accounts.ts';
import { escapeHtml } from '../../../base/html.ts';
import type { OpenRoute, Page } from '../route.ts';
import { BASE_CSS } from '../page/base-css.ts';
import { readAuthorizationRequest, type AuthorizationRequest } from './authorization-requests.ts';
import { readFields } from './form.ts';
import { sentenceOf } from './scopes.ts';

const PATH = '/i/oauth2/authorize';
/** Accounts that are offered; any other can be typed. */
const MAX_OFFERED = 50;

/** `formTarget`: where the form may lead, since a browser holds the redirect behind it to the policy too. */
function page(status: number, title: string, main: string, formTarget = ''): Page {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${formTarget}; frame-ancestors 'none'; base-uri 'none'`;
  return {
    status,
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${BASE_CSS}</style>
</head>
<body>
<main class="narrow">
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`,
    headers: { 'content-security-policy': policy },
  };
}

const refusal = (why: string) => page(400, 'Something is wrong', `<p>The app asked in a way that X does not take: ${escapeHtml(why)}.</p>`);

function question(request: AuthorizationRequest, name: string, users: readonly SandboxUser[]): Page {
  const offered = users
    .slice(-MAX_OFFERED)
    .map(({ username }, n) => `<label class="choice"><input type="radio" name="username" value="${username}"${n === 0 ? ' checked' : ''}> @${username}</label>`)
    .join('\n');
  const wanted = request.scopes.map((scope) => `<li>${escapeHtml(sentenceOf(scope))}</li>`).join('');
  const target = new URL(request.redirectUri);
  return page(
    200,
    'Sign in to the X sandbox',
    `<p>An app on <b>${escapeHtml(target.host)}</b> wants to use an account of this sandbox. Nothing here is on X.</p>
<form method="post" action="${PATH}">
<input type="hidden" name="question" value="${escapeHtml(name)}">
<fieldset><legend>Who are you?</legend>
${offered}
<label>Somebody else <input name="other" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="16" placeholder="@handle"></label>
</fieldset>
<h2>It will be able to</h2>
<ul>${wanted}</ul>
<p class="buttons"><button name="allow" value="yes">Allow</button> <button name="allow" value="no" class="quiet">Cancel</button></p>
</form>`,
    target.origin,
  );
}

/** `GET /i/oauth2/authorize`: asks the person which account signs in. */
export const authorizeQuestion: OpenRoute = {
  method: 'GET',
  path: PATH,
  answer({ query }, { oauth2Client, authorizations, state, bot }) {
    const request = readAuthorizationRequest(query, oauth2Client);
    if (typeof request === 'string') return refusal(request);
    // The bot's own account last: people sign in as themselves.
    const people = state.users.filter(({ id }) => id !== bot.id);
    return question(request, authorizations.ask(request), [...people, bot]);
  },
};

/** `POST /i/oauth2/authorize`: the answer, which sends the browser back to the app. */
export const authorizeAnswer: OpenRoute = {
  method: 'POST',
  path: PATH,
  answer({ body, headers }, { authorizations, state }) {
    const fields = readFields(body, headers['content-type']);
    const typed = (fields?.get('other') ?? '').trim().replace(/^@/, '') || fields?.get('username');
    const user = state.userByName(usernameOf(typed) ?? '');
    const allows = fields?.get('allow') === 'yes';
    if (allows && (usernameOf(typed) === undefined || user === undefined)) return refusal('there is no such account');
    const location = authorizations.answer(fields?.get('question') ?? '', allows ? user?.id : undefined);
    return location === undefined ? refusal('this question was answered already') : { status: 303, html: '', headers: { location } };
  },
};
