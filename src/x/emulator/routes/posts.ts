import { idOf, recordOf } from '../../json.ts';
import { DUPLICATE_POST, NOT_SUMMONED, forbidden, invalidRequest } from '../problems.ts';
import type { Route } from '../route.ts';

/** Characters of a post. X weighs some scripts double; the sandbox counts code points. */
const MAX_POST_CHARS = 280;
const BODY = new Set(['text', 'reply', 'quote_tweet_id', 'reply_settings', 'made_with_ai']);

/** `POST /2/tweets` */
export const createPost: Route = {
  limits: 'post-create',
  method: 'POST',
  path: '/2/tweets',
  query: [],
  answer({ user, body }, state) {
    const unknownField = Object.keys(body).find((name) => !BODY.has(name));
    if (unknownField !== undefined) return invalidRequest(`$.${unknownField}: is not defined in the schema`);
    const { text, reply, quote_tweet_id: quotesId } = body;
    if (typeof text !== 'string' || text === '') return invalidRequest('$.text: is missing but it is required');
    if ([...text].length > MAX_POST_CHARS) return invalidRequest(`$.text: must be at most ${MAX_POST_CHARS} characters long`);
    const replyToId = recordOf(reply)?.['in_reply_to_tweet_id'];
    if (reply !== undefined && idOf(replyToId) === undefined) return invalidRequest('$.reply.in_reply_to_tweet_id: is not an id');
    if (quotesId !== undefined && idOf(quotesId) === undefined) return invalidRequest('$.quote_tweet_id: is not an id');

    if (state.posts.some((post) => post.authorId === user.id && post.text === text)) return forbidden(DUPLICATE_POST);
    if (typeof replyToId === 'string') {
      // Self-serve apps may only answer whoever mentioned or quoted them in that very post, or themselves.
      const parent = state.postById(replyToId);
      const quoted = parent?.quotesId === undefined ? undefined : state.postById(parent.quotesId)?.authorId;
      const mentioned = parent?.text.toLowerCase().split(/[^a-z0-9_@]+/).includes(`@${user.username.toLowerCase()}`);
      if (parent?.authorId !== user.id && mentioned !== true && quoted !== user.id) return forbidden(NOT_SUMMONED);
    }
    const post = state.addPost({
      authorId: user.id,
      text,
      ...(typeof replyToId === 'string' ? { replyToId } : {}),
      ...(typeof quotesId === 'string' ? { quotesId } : {}),
    });
    return { status: 201, body: { data: { id: post.id, text: post.text, edit_history_tweet_ids: [post.id] } } };
  },
};
