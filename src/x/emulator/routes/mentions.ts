import { idOf } from '../../json.ts';
import type { SandboxPost } from '../posts.ts';
import { invalidRequest, notFoundError, type Answer } from '../problems.ts';
import type { Route } from '../route.ts';
import { namesIn, pick, showUser } from './fields.ts';
import { pageOf } from './page.ts';
import { ALWAYS, askedFields, postFields } from './show-post.ts';

const IDS = ['since_id', 'until_id'];
const TIMES = ['start_time', 'end_time'];
const QUERY = [...IDS, ...TIMES, 'max_results', 'pagination_token', 'exclude', 'expansions', 'tweet.fields', 'post.fields', 'user.fields'];
/** X shows the newest 800 mentions and no others. */
const REACH = 800;

/** What the query says is wrong, if anything is. */
function problemOf(id: string, query: URLSearchParams): Answer | undefined {
  if (idOf(id) === undefined) return invalidRequest(`The \`id\` query parameter value [${id}] is not valid`, { id: [id] });
  const wrong =
    IDS.find((name) => query.has(name) && idOf(query.get(name)) === undefined) ??
    TIMES.find((name) => query.has(name) && Number.isNaN(Date.parse(query.get(name)!)));
  return wrong === undefined ? undefined : invalidRequest(`The \`${wrong}\` query parameter value [${query.get(wrong)}] is not valid`);
}

/** Whether a post is one that the query asks for. */
function filterOf(query: URLSearchParams): (post: SandboxPost) => boolean {
  const sinceId = BigInt(query.get('since_id') ?? 0);
  const untilId = BigInt(query.get('until_id') ?? 10n ** 19n);
  const startMs = Date.parse(query.get('start_time') ?? '1970-01-01');
  const endMs = Date.parse(query.get('end_time') ?? '9999-01-01');
  const excluded = namesIn(query, 'exclude');
  return ({ id, createdAtMs, replyToId, repostsId }) =>
    BigInt(id) > sinceId &&
    BigInt(id) < untilId &&
    createdAtMs >= startMs &&
    createdAtMs < endMs &&
    !(excluded.has('replies') && replyToId !== undefined) &&
    !(excluded.has('retweets') && repostsId !== undefined);
}

/** `GET /2/users/:id/mentions` */
export const userMentions: Route = {
  limits: 'mentions',
  method: 'GET',
  path: '/2/users/:id/mentions',
  query: QUERY,
  auth: ['oauth1', 'oauth2', 'app'],
  scopes: ['tweet.read', 'users.read'],
  answer({ params, query }, { state, naming, bot }) {
    const id = params['id']!;
    const problem = problemOf(id, query);
    if (problem !== undefined) return problem;
    const user = state.userById(id);
    if (user === undefined) return { status: 200, body: { errors: [notFoundError({ type: 'user', parameter: 'id', value: id })] } };

    const found = state.mentionsOf(user.id).slice(-REACH).filter(filterOf(query));
    const page = pageOf(found.reverse(), query, { min: 5, max: 100, default: 10 });
    if ('status' in page) return page;
    if (page.items.length === 0) return { status: 200, body: { meta: { result_count: 0 } } };

    const asked = askedFields(namesIn(query, 'tweet.fields', 'post.fields'), naming);
    const data = page.items.map((post) => pick(postFields(post, state, naming), ALWAYS, asked));
    const meta = {
      result_count: data.length,
      newest_id: page.items[0]!.id,
      oldest_id: page.items.at(-1)!.id,
      ...(page.nextToken === undefined ? {} : { next_token: page.nextToken }),
    };
    const authors = new Set(page.items.map((post) => post.authorId));
    const users = state.users.filter((other) => authors.has(other.id)).map((author) => showUser(author, namesIn(query, 'user.fields')));
    const includes = namesIn(query, 'expansions').has('author_id') ? { includes: { users } } : {};
    const price = user.id === bot.id ? 'own-read' : 'post-read';
    return { status: 200, body: { data, ...includes, meta }, charges: page.items.map((post) => ({ price, resource: post.id })) };
  },
};
