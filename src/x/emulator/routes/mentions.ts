import { idOf } from '../../json.ts';
import { invalidRequest, notFoundError } from '../problems.ts';
import type { Route } from '../route.ts';
import type { SandboxPost, SandboxState } from '../state.ts';
import { namesIn, pick, showUser } from './fields.ts';
import { pageOf } from './page.ts';

const IDS = ['since_id', 'until_id'];
const TIMES = ['start_time', 'end_time'];
const QUERY = [...IDS, ...TIMES, 'max_results', 'pagination_token', 'exclude', 'expansions', 'tweet.fields', 'post.fields', 'user.fields'];
/** X shows the newest 800 mentions and no others. */
const REACH = 800;

/** The `@handle`s of a post with their places, the place of an end being the first character after it. */
function mentionsIn(post: SandboxPost): { start: number; end: number; username: string }[] {
  return [...post.text.matchAll(/(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    username: match[1]!,
  }));
}

/** A post as `GET /2/users/:id/mentions` shows it. Field names are the old `tweet` ones, which X still sends. */
function showPost(post: SandboxPost, state: SandboxState, asked: ReadonlySet<string>): Record<string, unknown> {
  const parent = post.replyToId === undefined ? undefined : state.postById(post.replyToId);
  const references = [
    ...(post.replyToId === undefined ? [] : [{ type: 'replied_to', id: post.replyToId }]),
    ...(post.quotesId === undefined ? [] : [{ type: 'quoted', id: post.quotesId }]),
  ];
  const mentions = mentionsIn(post).map((mention) => ({ ...mention, id: state.userByName(mention.username)?.id }));
  const all = {
    id: post.id,
    text: post.text,
    edit_history_tweet_ids: [post.id],
    author_id: post.authorId,
    created_at: new Date(post.createdAtMs).toISOString(),
    conversation_id: post.conversationId,
    in_reply_to_user_id: parent?.authorId,
    referenced_tweets: references.length === 0 ? undefined : references,
    entities: { mentions },
  };
  return pick(all, ['id', 'text', 'edit_history_tweet_ids'], asked);
}

/** `GET /2/users/:id/mentions` */
export const userMentions: Route = {
  limits: 'mentions',
  method: 'GET',
  path: '/2/users/:id/mentions',
  query: QUERY,
  answer({ params, query }, state) {
    const id = params['id']!;
    if (idOf(id) === undefined) return invalidRequest(`The \`id\` query parameter value [${id}] is not valid`, { id: [id] });
    const wrong =
      IDS.find((name) => query.has(name) && idOf(query.get(name)) === undefined) ??
      TIMES.find((name) => query.has(name) && Number.isNaN(Date.parse(query.get(name)!)));
    if (wrong !== undefined) return invalidRequest(`The \`${wrong}\` query parameter value [${query.get(wrong)}] is not valid`);
    const user = state.userById(id);
    if (user === undefined) return { status: 200, body: { errors: [notFoundError({ type: 'user', parameter: 'id', value: id })] } };

    const handle = user.username.toLowerCase();
    const sinceId = BigInt(query.get('since_id') ?? 0);
    const untilId = BigInt(query.get('until_id') ?? 10n ** 19n);
    const startMs = Date.parse(query.get('start_time') ?? '1970-01-01');
    const endMs = Date.parse(query.get('end_time') ?? '9999-01-01');
    const withoutReplies = namesIn(query, 'exclude').has('replies');
    const found = state.posts
      .filter((post) => mentionsIn(post).some(({ username }) => username.toLowerCase() === handle))
      .slice(-REACH)
      .filter((post) => BigInt(post.id) > sinceId && BigInt(post.id) < untilId)
      .filter((post) => post.createdAtMs >= startMs && post.createdAtMs < endMs)
      .filter((post) => !(withoutReplies && post.replyToId !== undefined));
    const page = pageOf(found.reverse(), query, { min: 5, max: 100, default: 10 });
    if ('status' in page) return page;
    if (page.items.length === 0) return { status: 200, body: { meta: { result_count: 0 } } };

    const data = page.items.map((post) => showPost(post, state, namesIn(query, 'tweet.fields', 'post.fields')));
    const authors = new Set(page.items.map((post) => post.authorId));
    const users = state.users.filter((other) => authors.has(other.id)).map((author) => showUser(author, namesIn(query, 'user.fields')));
    const meta = {
      result_count: data.length,
      newest_id: page.items[0]!.id,
      oldest_id: page.items.at(-1)!.id,
      ...(page.nextToken === undefined ? {} : { next_token: page.nextToken }),
    };
    const includes = namesIn(query, 'expansions').has('author_id') ? { includes: { users } } : {};
    return { status: 200, body: { data, ...includes, meta } };
  },
};
