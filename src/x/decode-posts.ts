import { timeOfId } from './ids.ts';
import { idOf, listOf, recordOf, textOf, usernameOf, type JsonRecord } from './json.ts';
import { XFailure, type MentionPage, type XPost } from './port.ts';
import { plainText } from './plain-text.ts';

/*
 * Posts as v2 of the API shows them. X renames its fields from `tweet` to `post` in parts and not
 * everywhere at once, so that each is read under both names.
 */

/** Handles by account id, from the `includes.users` of an answer. */
export function handlesIn(includes: unknown): ReadonlyMap<string, string> {
  const handles = new Map<string, string>();
  for (const item of listOf(recordOf(includes)?.['users']) ?? []) {
    const user = recordOf(item);
    const id = idOf(user?.['id']);
    const handle = usernameOf(user?.['username']);
    if (id !== undefined && handle !== undefined) handles.set(id, handle);
  }
  return handles;
}

function isRepost(post: JsonRecord): boolean {
  const references = listOf(post['referenced_tweets'] ?? post['referenced_posts']) ?? [];
  return references.some((reference) => ['retweeted', 'reposted'].includes(textOf(recordOf(reference)?.['type']) ?? ''));
}

/** The long text of a post that has more than 280 characters, else its text; with its entities. */
function wordsOf(post: JsonRecord): string {
  const note = recordOf(post['note_tweet'] ?? post['note_post']);
  const long = textOf(note?.['text']);
  return long === undefined ? plainText(textOf(post['text']) ?? '', post['entities']) : plainText(long, note?.['entities']);
}

/** One post; `undefined` without the ids of itself and of its author, when nobody could be answered. */
export function decodePost(value: unknown, handles: ReadonlyMap<string, string>): XPost | undefined {
  const post = recordOf(value);
  const id = idOf(post?.['id']);
  const authorId = idOf(post?.['author_id']);
  if (post === undefined || id === undefined || authorId === undefined) return undefined;
  const history = listOf(post['edit_history_tweet_ids'] ?? post['edit_history_post_ids']);
  const createdAtMs = Date.parse(textOf(post['created_at']) ?? '');
  return {
    id,
    firstId: idOf(history?.[0]) ?? id,
    text: wordsOf(post),
    authorId,
    authorName: handles.get(authorId),
    createdAtMs: Number.isNaN(createdAtMs) ? timeOfId(id) : createdAtMs,
    isRepost: isRepost(post),
  };
}

/** One page of `GET /2/users/:id/mentions`; an empty page has no `data`. `unusable` posts lack an id. */
export function decodePosts(body: unknown): MentionPage & { readonly unusable: number } {
  const answer = recordOf(body);
  const meta = recordOf(answer?.['meta']);
  const data = answer?.['data'] === undefined ? [] : listOf(answer['data']);
  if (meta === undefined || data === undefined) throw new XFailure('unavailable', 'The answer of X holds no list of posts');
  const handles = handlesIn(answer?.['includes']);
  const posts = data.map((item) => decodePost(item, handles)).filter((post) => post !== undefined);
  return { posts, nextToken: textOf(meta['next_token']), unusable: data.length - posts.length };
}
