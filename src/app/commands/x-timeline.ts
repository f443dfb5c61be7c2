import type { TimelinePost } from '../../x/emulator/control/posts.ts';
import { printable } from '../printable.ts';

/**
 * The posts as lines: each thread with its replies indented below what they answer, the thread with
 * the newest post first. A reply to something that is not among them begins a thread.
 */
export function timelineLines(posts: readonly TimelinePost[]): string[] {
  const newest = new Map(posts.flatMap((post) => post.editIds.map((id): [string, TimelinePost] => [id, post])));
  const replies = new Map<string | undefined, TimelinePost[]>();
  for (const post of posts) {
    const parent = newest.get(post.replyToId ?? '')?.id;
    replies.set(parent, [...(replies.get(parent) ?? []), post]);
  }
  const thread = (post: TimelinePost, depth: number): Thread => {
    const below = (replies.get(post.id) ?? []).map((reply) => thread(reply, depth + 1));
    return {
      lines: [postLine(post, depth), ...below.flatMap(({ lines }) => lines)],
      newestId: below.reduce((id, reply) => (reply.newestId > id ? reply.newestId : id), BigInt(post.id)),
    };
  };
  return (replies.get(undefined) ?? [])
    .map((post) => thread(post, 0))
    .sort((a, b) => (a.newestId < b.newestId ? 1 : -1))
    .flatMap(({ lines }) => lines);
}

interface Thread {
  readonly lines: readonly string[];
  readonly newestId: bigint;
}

function postLine({ id, createdAtMs, author, text, editIds }: TimelinePost, depth: number): string {
  const indent = '  '.repeat(depth);
  const edited = editIds.length > 1 ? ' (edited)' : '';
  return `${new Date(createdAtMs).toISOString()}  ${id}  ${indent}@${author}: ${printable(text).replaceAll('\n', `\n${indent}    `)}${edited}`;
}
