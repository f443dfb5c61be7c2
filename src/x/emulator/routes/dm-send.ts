import { idOf } from '../../json.ts';
import { DM_CLOSED, forbidden, invalidRequest, type Answer } from '../problems.ts';
import type { ApiRequest, Route } from '../route.ts';
import type { SandboxState } from '../state.ts';

/** X's guide asks for both DM scopes. */
const ACCESS = { auth: ['oauth1', 'oauth2'], scopes: ['dm.write', 'dm.read', 'tweet.read', 'users.read'] } as const;
const MAX_TEXT_LENGTH = 10_000;

/** Stores the message, or says what is wrong with it. */
function send(request: ApiRequest, state: SandboxState, recipientId: string): Answer {
  const { user, body } = request;
  const unknownField = Object.keys(body).find((name) => name !== 'text' && name !== 'attachments');
  if (unknownField !== undefined) return invalidRequest(`$.${unknownField}: is not defined in the schema`);
  if (body['attachments'] !== undefined) return invalidRequest('$.attachments: the sandbox has no media');
  const text = body['text'];
  if (typeof text !== 'string' || text === '') return invalidRequest('$.text: is missing but it is required');
  if (text.length > MAX_TEXT_LENGTH) return invalidRequest(`$.text: must be at most ${MAX_TEXT_LENGTH} characters long`);

  const recipient = state.userById(recipientId);
  // What X says to an unknown or an own id is not documented; one that cannot be written to is the nearest.
  if (recipient === undefined || recipient.id === user.id || !recipient.acceptsDms) return forbidden(DM_CLOSED);
  const message = state.addMessage({ senderId: user.id, recipientId, text });
  return { status: 201, body: { data: { dm_conversation_id: message.conversationId, dm_event_id: message.id } }, charges: [{ price: 'dm-send' }] };
}

/** `POST /2/dm_conversations/with/:participant_id/messages` */
export const sendToParticipant: Route = {
  limits: 'dm-send',
  method: 'POST',
  path: '/2/dm_conversations/with/:participant_id/messages',
  query: [],
  ...ACCESS,
  answer(request, { state }) {
    const id = request.params['participant_id'];
    if (idOf(id) === undefined) return invalidRequest(`The \`participant_id\` path parameter value [${id}] is not valid`);
    return send(request, state, id!);
  },
};

/** `POST /2/dm_conversations/:dm_conversation_id/messages`, for one-to-one conversations */
export const sendToConversation: Route = {
  limits: 'dm-send',
  method: 'POST',
  path: '/2/dm_conversations/:dm_conversation_id/messages',
  query: [],
  ...ACCESS,
  answer(request, { state }) {
    const id = request.params['dm_conversation_id'] ?? '';
    const parts = /^([0-9]{1,19})-([0-9]{1,19})$/.exec(id)?.slice(1);
    if (parts === undefined) return invalidRequest(`The \`dm_conversation_id\` path parameter value [${id}] is not valid`);
    const other = parts.find((part) => part !== request.user.id);
    if (other === undefined || !parts.includes(request.user.id)) return forbidden(DM_CLOSED);
    return send(request, state, other);
  },
};
