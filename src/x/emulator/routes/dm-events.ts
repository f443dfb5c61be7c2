import { idOf } from '../../json.ts';
import { invalidRequest, type Answer } from '../problems.ts';
import type { ApiRequest, Route } from '../route.ts';
import { conversationIdOf } from '../messages.ts';
import type { SandboxState } from '../state.ts';
import { namesIn, pick, showUser } from './fields.ts';
import { pageOf } from './page.ts';

const QUERY = [
  'max_results',
  'pagination_token',
  'event_types',
  'dm_event.fields',
  'expansions',
  'user.fields',
  'tweet.fields',
  'post.fields',
  'media.fields',
];
/** Who reads direct messages, and what their tokens must allow. */
const ACCESS = { auth: ['oauth1', 'oauth2'], scopes: ['dm.read', 'tweet.read', 'users.read'] } as const;
/** X's reach into the past. */
const KEPT_MS = 30 * 86_400_000;

/** Lists the messages that the signed-in account takes part in, newest first. */
function list(request: ApiRequest, state: SandboxState, options: { conversationId?: string }): Answer {
  const { user, query } = request;
  const types = namesIn(query, 'event_types');
  // The sandbox has no group conversations, so nobody joins or leaves.
  const wanted = types.size === 0 || types.has('MessageCreate') ? state.messages : [];
  const found = wanted.filter(
    (message) =>
      !message.encrypted &&
      (message.senderId === user.id || message.recipientId === user.id) &&
      (options.conversationId === undefined || message.conversationId === options.conversationId) &&
      message.createdAtMs > request.atMs - KEPT_MS,
  );
  const page = pageOf(found.reverse(), query, { min: 1, max: 100, default: 100 });
  if ('status' in page) return page;

  const asked = namesIn(query, 'dm_event.fields');
  const data = page.items.map((message) =>
    pick(
      {
        id: message.id,
        event_type: 'MessageCreate',
        text: message.text,
        sender_id: message.senderId,
        dm_conversation_id: message.conversationId,
        created_at: new Date(message.createdAtMs).toISOString(),
      },
      ['id', 'event_type', 'text'],
      asked,
    ),
  );
  const charges = page.items.map(({ id }) => ({ price: 'dm-read' as const, resource: id }));
  const meta = { result_count: data.length, ...(page.nextToken === undefined ? {} : { next_token: page.nextToken }) };
  // An empty page has no `data` at all.
  if (data.length === 0) return { status: 200, body: { meta } };
  if (!namesIn(query, 'expansions').has('sender_id')) return { status: 200, body: { data, meta }, charges };
  const senders = new Set(page.items.map((message) => message.senderId));
  const users = state.users.filter(({ id }) => senders.has(id)).map((sender) => showUser(sender, namesIn(query, 'user.fields')));
  return { status: 200, body: { data, includes: { users }, meta }, charges };
}

/** `GET /2/dm_events` */
export const allDmEvents: Route = {
  limits: 'dm-read',
  method: 'GET',
  path: '/2/dm_events',
  query: QUERY,
  ...ACCESS,
  answer: (request, { state }) => list(request, state, {}),
};

/** `GET /2/dm_conversations/with/:participant_id/dm_events` */
export const participantDmEvents: Route = {
  limits: 'dm-read',
  method: 'GET',
  path: '/2/dm_conversations/with/:participant_id/dm_events',
  query: QUERY,
  ...ACCESS,
  answer(request, { state }) {
    const id = request.params['participant_id'];
    if (idOf(id) === undefined) return invalidRequest(`The \`participant_id\` path parameter value [${id}] is not valid`);
    return list(request, state, { conversationId: conversationIdOf(request.user.id, id!) });
  },
};

/** `GET /2/dm_conversations/:dm_conversation_id/dm_events` */
export const conversationDmEvents: Route = {
  limits: 'dm-read',
  method: 'GET',
  path: '/2/dm_conversations/:dm_conversation_id/dm_events',
  query: QUERY,
  ...ACCESS,
  answer: (request, { state }) => list(request, state, { conversationId: request.params['dm_conversation_id']! }),
};
