import type { SandboxPost } from '../posts.ts';
import type { Naming } from '../naming.ts';
import type { SandboxState } from '../state.ts';

/** All fields of a post as X writes them, under its old or its new names. Absent ones are `undefined`. */
export function postFields(post: SandboxPost, state: SandboxState, naming: Naming): Record<string, unknown> {
  const references = [
    ...(post.repostsId === undefined ? [] : [{ type: naming === 'post' ? 'reposted' : 'retweeted', id: post.repostsId }]),
    ...(post.replyToId === undefined ? [] : [{ type: 'replied_to', id: post.replyToId }]),
    ...(post.quotesId === undefined ? [] : [{ type: 'quoted', id: post.quotesId }]),
  ];
  return {
    id: post.id,
    text: post.text,
    [`edit_history_${naming}_ids`]: post.editIds,
    author_id: post.authorId,
    created_at: new Date(post.createdAtMs).toISOString(),
    conversation_id: post.conversationId,
    in_reply_to_user_id: post.replyToId === undefined ? undefined : state.postById(post.replyToId)?.authorId,
    [`referenced_${naming}s`]: references.length === 0 ? undefined : references,
    entities: { mentions: post.mentions },
  };
}

/** The fields that are always there. */
export const ALWAYS = ['id', 'text', 'edit_history_tweet_ids', 'edit_history_post_ids'];

/** The names that a client asks for, in the naming that is written: X takes either. */
export function askedFields(asked: ReadonlySet<string>, naming: Naming): Set<string> {
  const other = naming === 'post' ? 'tweet' : 'post';
  return new Set([...asked].map((name) => name.replace(`edit_history_${other}_ids`, `edit_history_${naming}_ids`).replace(`referenced_${other}s`, `referenced_${naming}s`)));
}
