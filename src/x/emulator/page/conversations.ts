import type { SandboxMessage } from '../messages.ts';
import type { Sandbox } from '../sandbox.ts';
import { handleOf, prose, time } from './words.ts';

/** Conversations, and messages of each, that the page shows; the control API has all. */
const MAX_CONVERSATIONS = 20;
const MAX_MESSAGES = 50;

/** Messages grouped by their conversation, the one with the newest message first. */
function conversations(messages: readonly SandboxMessage[]): SandboxMessage[][] {
  const groups = new Map<string, SandboxMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.conversationId) ?? [];
    group.push(message);
    // What was added to last stands last.
    groups.delete(message.conversationId);
    groups.set(message.conversationId, group);
  }
  return [...groups.values()].reverse();
}

function bubble(message: SandboxMessage, side: 'mine' | 'theirs', { state }: Sandbox): string {
  const text = message.encrypted ? '<i>encrypted: the app cannot read it</i>' : prose(message.text);
  return `<li class="${side}"><p class="by"><b>@${handleOf(message.senderId, state)}</b> ${time(message.createdAtMs)}</p><p class="text">${text}</p></li>`;
}

function section(messages: readonly SandboxMessage[], viewerId: string | undefined, sandbox: Sandbox): string {
  const { senderId, recipientId } = messages[0]!;
  const mine = viewerId ?? (recipientId === sandbox.bot.id ? senderId : recipientId);
  const other = mine === senderId ? recipientId : senderId;
  const title = viewerId === undefined ? `@${handleOf(mine, sandbox.state)} and @${handleOf(other, sandbox.state)}` : `@${handleOf(other, sandbox.state)}`;
  const items = messages.slice(-MAX_MESSAGES).map((message) => bubble(message, message.senderId === mine ? 'mine' : 'theirs', sandbox));
  // A list that scrolls must be reachable with the keyboard.
  return `<section><h3>${title}</h3><ol class="bubbles" id="talk-${messages[0]!.conversationId}" tabindex="0" aria-label="Messages: ${title}">${items.join('')}</ol></section>`;
}

/** The conversations of one account as a part of the page; of everybody when there is no such account. */
export function conversationsPart(sandbox: Sandbox, viewerId: string | undefined): string {
  const { messages } = sandbox.state;
  const seen = viewerId === undefined ? messages : messages.filter(({ senderId, recipientId }) => senderId === viewerId || recipientId === viewerId);
  const shown = conversations(seen).slice(0, MAX_CONVERSATIONS);
  if (shown.length === 0) return '<p class="empty">No messages yet.</p>';
  return shown.map((group) => section(group, viewerId, sandbox)).join('\n');
}

/** The newest message that somebody else sent to the account, for those who hear the page. */
export function newestFor(sandbox: Sandbox, viewerId: string | undefined): { id: string; text: string } | undefined {
  const newest = sandbox.state.messages.findLast(({ recipientId }) => recipientId === viewerId);
  if (newest === undefined) return undefined;
  return { id: newest.id, text: `Message from @${sandbox.state.userById(newest.senderId)?.username ?? newest.senderId}: ${newest.encrypted ? 'encrypted' : newest.text}` };
}
