import { idOf, textOf } from '../../json.ts';
import type { SandboxMessage } from '../messages.ts';
import type { SandboxState } from '../state.ts';
import { account, ok, refuse, type ControlRoute } from './route.ts';

const MAX_TEXT_LENGTH = 10_000;

/** A message as the control API shows it: with handles, so that people can read it. */
export interface InboxMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly createdAtMs: number;
  /** There for messages of the encrypted chat, which the API of X does not give out. */
  readonly encrypted?: true;
}

function show(message: SandboxMessage, state: SandboxState): InboxMessage {
  const handle = (id: string) => state.userById(id)?.username ?? id;
  const { id, conversationId, senderId, recipientId, text, createdAtMs, encrypted } = message;
  return { id, conversationId, from: handle(senderId), to: handle(recipientId), text, createdAtMs, ...(encrypted ? { encrypted } : {}) };
}

export const MESSAGE_ROUTES: readonly ControlRoute[] = [
  {
    method: 'GET',
    path: '/users/:username/inbox',
    answer({ state }, _body, params) {
      const user = account(params['username'], state);
      if ('status' in user) return user;
      return ok(state.messages.filter((message) => message.recipientId === user.id).map((message) => show(message, state)));
    },
  },
  { method: 'GET', path: '/messages', answer: ({ state }) => ok(state.messages.map((message) => show(message, state))) },
  {
    method: 'GET',
    path: '/messages/after/:id',
    answer({ state }, _body, { id }) {
      return idOf(id) === undefined ? refuse(400, 'The id is a number') : ok(state.messagesAfter(id!).map((message) => show(message, state)));
    },
  },
  {
    method: 'POST',
    path: '/messages',
    answer({ state, bot }, body) {
      const [from, to, text] = [account(body['from'], state), account(body['to'] ?? bot.username, state), textOf(body['text'])];
      if ('status' in from) return from;
      if ('status' in to) return to;
      if (text === undefined || text === '' || text.length > MAX_TEXT_LENGTH) return refuse(400, `A message has 1 to ${MAX_TEXT_LENGTH} characters`);
      if (from.id === to.id || !to.acceptsDms) return refuse(403, `@${to.username} takes no direct messages from @${from.username}`);
      return ok(show(state.addMessage({ senderId: from.id, recipientId: to.id, text, encrypted: body['encrypted'] === true }), state));
    },
  },
];
