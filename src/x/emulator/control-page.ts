import type { SandboxUser } from './accounts.ts';
import { escapeHtml } from './html.ts';
import type { SandboxMessage } from './messages.ts';
import type { RecordedRequest } from './request-log.ts';
import type { SandboxState } from './state.ts';

const time = (ms: number) => `<time>${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}</time>`;

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
h2{margin:1.5rem 0 .25rem}small,time{opacity:.65}ul{list-style:none;padding:0}li{padding:.4rem 0;border-top:1px solid #8884;white-space:pre-wrap;overflow-wrap:anywhere}`;

/** Accounts and messages of each that the page shows; the control API has all. */
const MAX_SHOWN = 50;

function inbox(user: SandboxUser, received: readonly SandboxMessage[], names: ReadonlyMap<string, string>): string {
  const items = received.slice(0, MAX_SHOWN).map((message) => {
    const from = escapeHtml(names.get(message.senderId) ?? message.senderId);
    return `<li>${time(message.createdAtMs)} <b>@${from}</b>\n${escapeHtml(message.text)}</li>`;
  });
  const closed = user.acceptsDms ? '' : ' · takes no direct messages';
  const title = `<h2>@${escapeHtml(user.username)} <small>${escapeHtml(user.name)}${closed}</small></h2>`;
  return `${title}<ul>${items.join('') || '<li><small>no messages</small></li>'}</ul>`;
}

/** All inboxes, those with the newest message first. */
function inboxes(state: SandboxState): string {
  const received = new Map<string, SandboxMessage[]>();
  for (const message of [...state.messages].reverse()) {
    const list = received.get(message.recipientId);
    if (list === undefined) received.set(message.recipientId, [message]);
    else list.push(message);
  }
  const newest = (user: SandboxUser) => received.get(user.id)?.[0]?.createdAtMs ?? 0;
  const names = new Map(state.users.map(({ id, username }) => [id, username]));
  return state.users
    .sort((a, b) => newest(b) - newest(a))
    .slice(0, MAX_SHOWN)
    .map((user) => inbox(user, received.get(user.id) ?? [], names))
    .join('\n');
}

/** The sandbox at a glance: every account with its inbox, newest first, and the last requests. Reloads itself. */
export function controlPage(state: SandboxState, requests: readonly RecordedRequest[]): string {
  const calls = requests
    .slice(-20)
    .reverse()
    .map(({ atMs, method, target, status, fault, why }) => {
      const notes = [fault, why].filter((note) => note !== undefined).join(', ');
      return `<li>${time(atMs)} ${escapeHtml(`${method} ${target}`)} → ${status ?? 'no answer'} <small>${escapeHtml(notes)}</small></li>`;
    });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<title>X sandbox</title>
<style>${STYLE}</style>
<h1>X sandbox</h1>
<p>Nothing here is on X. Accounts and messages live in memory until the service stops.</p>
${inboxes(state)}
<h2>Last requests</h2>
<ul>${calls.join('') || '<li><small>none</small></li>'}</ul>
</html>
`;
}
