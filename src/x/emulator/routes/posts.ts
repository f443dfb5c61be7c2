import { idOf, recordOf } from '../../json.ts';
import type { PriceName } from '../prices.ts';
import { DUPLICATE_POST, NOT_SUMMONED, NOT_VISIBLE, forbidden, invalidRequest } from '../problems.ts';
import type { Route } from '../route.ts';
import type { SandboxState } from '../state.ts';

/** Characters of a post. X weighs some scripts double; the sandbox counts code points. */
const MAX_POST_CHARS = 280;
const BODY = new Set(['text', 'reply', 'quote_tweet_id', 'quote_post_id', 'reply_settings', 'made_with_ai']);

/** What stands between the account and a reply: self-serve apps may only answer whoever mentioned or quoted them in that very post, or themselves. */
function replyRefusal(userId: string, parentId: string, state: SandboxState): string | undefined {
  const parent = state.postById(parentId);
  if (parent === undefined) return NOT_VISIBLE;
  const quoted = parent.quotesId === undefined ? undefined : state.postById(parent.quotesId)?.authorId;
  const isSummoned = parent.authorId === userId || quoted === userId || parent.mentions.some(({ id }) => id === userId);
  return isSummoned ? undefined : NOT_SUMMONED;
}

function priceOf(text: string, isReply: boolean): PriceName {
  if (/\bhttps?:\/\/\S/i.test(text)) return 'post-create-with-url';
  return isReply ? 'reply-summoned' : 'post-create';
}

/** `POST /2/tweets` */
export const createPost: Route = {
  limits: 'post-create',
  method: 'POST',
  path: '/2/tweets',
  query: [],
  auth: ['oauth1', 'oauth2'],
  scopes: ['tweet.write', 'tweet.read', 'users.read'],
  answer({ user, body }, { state, naming }) {
    const unknownField = Object.keys(body).find((name) => !BODY.has(name));
    if (unknownField !== undefined) return invalidRequest(`$.${unknownField}: is not defined in the schema`);
    const { text, reply } = body;
    const quotesId = body['quote_tweet_id'] ?? body['quote_post_id'];
    if (typeof text !== 'string' || text === '') return invalidRequest('$.text: is missing but it is required');
    if ([...text].length > MAX_POST_CHARS) return invalidRequest(`$.text: must be at most ${MAX_POST_CHARS} characters long`);
    const replyRecord = recordOf(reply);
    const replyToId = replyRecord?.['in_reply_to_tweet_id'] ?? replyRecord?.['in_reply_to_post_id'];
    if (reply !== undefined && idOf(replyToId) === undefined) return invalidRequest('$.reply.in_reply_to_tweet_id: is not an id');
    if (quotesId !== undefined && idOf(quotesId) === undefined) return invalidRequest('$.quote_tweet_id: is not an id');

    if (state.posts.some((post) => post.authorId === user.id && post.text === text)) return forbidden(DUPLICATE_POST);
    const refusal = typeof replyToId === 'string' ? replyRefusal(user.id, replyToId, state) : undefined;
    if (refusal !== undefined) return forbidden(refusal);
    const post = state.addPost({
      authorId: user.id,
      text,
      ...(typeof replyToId === 'string' ? { replyToId } : {}),
      ...(typeof quotesId === 'string' ? { quotesId } : {}),
    });
    const data = { id: post.id, text: post.text, [`edit_history_${naming}_ids`]: post.editIds };
    return { status: 201, body: { data }, charges: [{ price: priceOf(text, replyToId !== undefined) }] };
  },
};
