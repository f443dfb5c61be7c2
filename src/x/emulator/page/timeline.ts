import type { SandboxPost } from '../posts.ts';
import type { Sandbox } from '../sandbox.ts';
import { handleOf, prose, time } from './words.ts';

/** Threads that the page shows; the control API has all. */
const MAX_THREADS = 50;
const MAX_REPLIES = 50;

interface Thread {
  readonly root: SandboxPost;
  /** Everything below it, oldest first. */
  readonly replies: readonly SandboxPost[];
  readonly newestId: bigint;
}

/** Posts grouped by their conversation, the one with the newest post first. */
function threads(posts: readonly SandboxPost[]): Thread[] {
  const groups = new Map<string, SandboxPost[]>();
  for (const post of posts) groups.set(post.conversationId, [...(groups.get(post.conversationId) ?? []), post]);
  return [...groups.values()]
    .map(([root, ...replies]) => ({ root: root!, replies, newestId: BigInt((replies.at(-1) ?? root!).id) }))
    .sort((a, b) => (a.newestId < b.newestId ? 1 : -1));
}

function article(post: SandboxPost, { state, clock }: Sandbox): string {
  const author = handleOf(post.authorId, state);
  const answered = post.replyToId === undefined ? undefined : state.postById(post.replyToId);
  const quoted = post.quotesId === undefined ? undefined : state.postById(post.quotesId);
  const notes = [
    ...(answered === undefined ? [] : [`answers @${handleOf(answered.authorId, state)}`]),
    ...(post.editIds.length > 1 ? [`edited ${post.editIds.length - 1}×`] : []),
    ...(post.indexedAtMs === null || post.indexedAtMs > clock.now() ? ['not in lists yet'] : []),
  ];
  const quote = quoted === undefined ? '' : `<blockquote>@${handleOf(quoted.authorId, state)}: ${prose(quoted.text)}</blockquote>`;
  return `<article aria-label="Post of @${author}">
<p class="by"><b>@${author}</b> ${time(post.createdAtMs)}${notes.map((note) => ` <span class="note">${note}</span>`).join('')}</p>
<p class="text">${prose(post.text)}</p>${quote}
<button type="button" class="link" id="reply-${post.id}" data-reply="${post.id}" data-author="${author}">Reply<span class="unseen"> to @${author}</span></button>
</article>`;
}

/** The timeline as a part of the page. */
export function timelinePart(sandbox: Sandbox): string {
  const shown = threads(sandbox.state.posts).slice(0, MAX_THREADS);
  if (shown.length === 0) return `<p class="empty">No posts yet. Write one above: “@${handleOf(sandbox.bot.id, sandbox.state)} help” is a good first.</p>`;
  const items = shown.map(({ root, replies }) => {
    const below = replies.slice(-MAX_REPLIES).map((reply) => `<li>${article(reply, sandbox)}</li>`);
    return `<li>${article(root, sandbox)}${below.length === 0 ? '' : `<ol class="replies">${below.join('')}</ol>`}</li>`;
  });
  return `<ol class="threads">${items.join('\n')}</ol>`;
}
