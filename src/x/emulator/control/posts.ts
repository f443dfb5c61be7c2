import { idOf, textOf, type JsonRecord } from '../../json.ts';
import type { EditRefusal, SandboxPost } from '../posts.ts';
import type { SandboxState } from '../state.ts';
import { account, ok, refuse, type ControlAnswer, type ControlRoute } from './route.ts';

/** Longer than X allows, so that what a client does with a long text can be tried. */
const MAX_TEXT_LENGTH = 4000;
const MAX_DELAY_MS = 86_400_000;

/** A post as the control API shows it. */
export interface TimelinePost extends SandboxPost {
  /** Handle of the author. */
  readonly author: string;
}

const show = (post: SandboxPost, state: SandboxState): TimelinePost => ({ ...post, author: state.userById(post.authorId)?.username ?? post.authorId });

const WHY_NOT: Readonly<Record<EditRefusal, ControlAnswer>> = {
  unknown: refuse(404, 'The sandbox has no such post'),
  'too-late': refuse(403, 'A post can be edited for 30 minutes'),
  'too-often': refuse(403, 'A post can be edited five times'),
};

const badText = (text: string | undefined) => text === undefined || text === '' || text.length > MAX_TEXT_LENGTH;
const TEXT_RULE = `A post has 1 to ${MAX_TEXT_LENGTH} characters`;
const NO_POST = WHY_NOT.unknown;

/** Reads what the new post stands in relation to; an answer when one of the ids leads nowhere. */
function relations({ replyToId, quotesId }: JsonRecord, state: SandboxState): { replyToId?: string; quotesId?: string } | ControlAnswer {
  for (const id of [replyToId, quotesId]) {
    if (id !== undefined && (idOf(id) === undefined || state.postById(id as string) === undefined)) return NO_POST;
  }
  return { ...(typeof replyToId === 'string' ? { replyToId } : {}), ...(typeof quotesId === 'string' ? { quotesId } : {}) };
}

export const POST_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: '/posts', answer: ({ state }) => ok(state.posts.map((post) => show(post, state))) },
  {
    method: 'POST',
    path: '/posts',
    answer({ state }, body) {
      const [author, text, delay] = [account(body['from'], state), textOf(body['text']), body['indexDelayMs'] ?? 0];
      if ('status' in author) return author;
      const repostsId = idOf(body['repostsId']);
      const original = repostsId === undefined ? undefined : state.postById(repostsId);
      if (original !== undefined) return ok(show(state.repost(author.id, original), state));
      if (body['repostsId'] !== undefined) return NO_POST;
      if (badText(text)) return refuse(400, TEXT_RULE);
      if (body['indexDelayMs'] !== null && !(typeof delay === 'number' && delay >= 0 && delay <= MAX_DELAY_MS)) {
        return refuse(400, `indexDelayMs is null or a number from 0 to ${MAX_DELAY_MS}`);
      }
      const related = relations(body, state);
      if ('status' in related) return related;
      const indexDelayMs = body['indexDelayMs'] === null ? null : (delay as number);
      return ok(show(state.addPost({ authorId: author.id, text: text!, indexDelayMs, ...related }), state));
    },
  },
  {
    method: 'PUT',
    path: '/posts/:id',
    answer({ state }, body, params) {
      const text = textOf(body['text']);
      if (badText(text)) return refuse(400, TEXT_RULE);
      const edited = state.editPost(params['id']!, text!);
      return typeof edited === 'string' ? WHY_NOT[edited] : ok(show(edited, state));
    },
  },
  {
    method: 'DELETE',
    path: '/posts/:id',
    answer({ state }, _body, params) {
      const post = state.deletePost(params['id']!);
      return post === undefined ? NO_POST : ok(show(post, state));
    },
  },
  {
    // Ends the waiting of a post that lists do not show yet.
    method: 'POST',
    path: '/posts/:id/index',
    answer({ state }, _body, params) {
      const post = state.indexPost(params['id']!);
      return post === undefined ? NO_POST : ok(show(post, state));
    },
  },
];
