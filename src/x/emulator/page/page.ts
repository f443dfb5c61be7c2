import { escapeHtml } from '../../../base/html.ts';
import { usernameOf } from '../../json.ts';
import type { Sandbox } from '../sandbox.ts';
import { conversationsPart, newestFor } from './conversations.ts';
import { metersPart } from './meters.ts';
import { timelinePart } from './timeline.ts';

const MAX_OFFERED = 200;
/** Who is played when nobody else is there yet: the name that all examples use. */
const FIRST_ACCOUNT = 'bob_example';

/** The parts of the page that change, as the browser fetches them again. */
export interface PageParts {
  readonly accounts: string;
  readonly timeline: string;
  readonly messages: string;
  readonly meters: string;
  readonly newest: { readonly id: string; readonly text: string } | null;
}

/** The id of the account with that handle, if it is there: looking brings nobody to life. */
function viewerIdOf(handle: string, { state }: Sandbox): string | undefined {
  const name = handle.toLowerCase();
  return state.users.find(({ username }) => username.toLowerCase() === name)?.id;
}

/** What changes, seen by the account of that handle; an unknown one has no messages yet, none at all sees everybody's. */
export function pageParts(sandbox: Sandbox, handle: string): PageParts {
  const viewerId = handle === '' ? undefined : (viewerIdOf(handle, sandbox) ?? 'nobody');
  const accounts = sandbox.state.users.slice(-MAX_OFFERED).map(({ username, acceptsDms }) => `<option value="${username}">${acceptsDms ? '' : 'takes no messages'}</option>`);
  return {
    accounts: accounts.join(''),
    timeline: timelinePart(sandbox),
    messages: conversationsPart(sandbox, viewerId),
    meters: metersPart(sandbox),
    newest: newestFor(sandbox, viewerId) ?? null,
  };
}

/** The page of the sandbox: the timeline, the messages of the account that is played, and a form for each. */
export function sandboxPage(sandbox: Sandbox, asked: string | undefined): string {
  const { bot, state } = sandbox;
  const handle = usernameOf(asked?.replace(/^@/, '')) ?? state.users.find(({ id }) => id !== bot.id)?.username ?? FIRST_ACCOUNT;
  const { accounts, timeline, messages, meters, newest } = pageParts(sandbox, handle);
  const botName = escapeHtml(bot.username);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>X sandbox</title>
<link rel="stylesheet" href="/page.css">
<script src="/page.js" defer></script>
</head>
<body>
<header>
<h1>X sandbox</h1>
<label for="as">You are <input id="as" list="accounts" value="${escapeHtml(handle)}" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="16"></label>
<datalist id="accounts">${accounts}</datalist>
<nav aria-label="Parts of the page"><a href="#posts-title">Posts</a> <a href="#messages-title">Messages</a></nav>
<span id="live" role="status">connecting</span>
</header>
<main>
<section class="card" aria-labelledby="posts-title">
<h2 id="posts-title">Posts</h2>
<p class="lead">Nothing here is on X. Accounts and posts live in memory until the service stops; an account comes to life when it writes.</p>
<form id="post">
<label for="post-text">Write a post for all to see</label>
<textarea id="post-text" name="text" required maxlength="4000" placeholder="@${botName} call @alice_example"></textarea>
<div class="row"><button>Post</button><p id="answering" class="answering" aria-live="polite"></p><button type="button" class="link" id="no-answer" hidden>a new post instead</button></div>
<p class="problem" role="alert"></p>
</form>
<div id="timeline">${timeline}</div>
</section>
<section class="card" aria-labelledby="messages-title">
<h2 id="messages-title">Direct messages</h2>
<form id="dm">
<label for="dm-to">To</label>
<input id="dm-to" name="to" list="accounts" value="${botName}" required autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="16">
<label for="dm-text">Write a message</label>
<div class="row"><input id="dm-text" name="text" required maxlength="10000" autocomplete="off" placeholder="call @alice_example"><button>Send</button></div>
<p class="problem" role="alert"></p>
</form>
<div id="messages" data-newest="${newest === null ? '' : newest.id}">${messages}</div>
</section>
<details class="card wide">
<summary>What the app asked, and what X would have billed</summary>
<div id="meters">${meters}</div>
</details>
</main>
<p id="heard" class="unseen" role="status"></p>
<noscript><p class="card">Writing and live news need JavaScript; without it this is a picture of the moment.</p></noscript>
</body>
</html>
`;
}
