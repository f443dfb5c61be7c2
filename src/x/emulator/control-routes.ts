import { idOf, textOf, usernameOf, type JsonRecord } from '../json.ts';
import { FAULT_KINDS, type Fault, type FaultKind, type Faults } from './faults.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RequestLog } from './request-log.ts';
import type { SandboxMessage, SandboxState, SandboxUser } from './state.ts';

/** A message as the control API shows it: with handles, so that people can read it. */
export interface InboxMessage {
  readonly id: string;
  readonly conversationId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly createdAtMs: number;
}

export interface ControlParts {
  readonly state: SandboxState;
  readonly limits: RateLimits;
  readonly faults: Faults;
  readonly requests: RequestLog;
}

/** A status with JSON: an `{ error }` when the status is 400 or above. */
export interface ControlAnswer {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): ControlAnswer => ({ status: 200, body });
const refuse = (status: number, error: string): ControlAnswer => ({ status, body: { error } });

function show(message: SandboxMessage, state: SandboxState): InboxMessage {
  const handle = (id: string) => state.userById(id)?.username ?? id;
  const { id, conversationId, senderId, recipientId, text, createdAtMs } = message;
  return { id, conversationId, from: handle(senderId), to: handle(recipientId), text, createdAtMs };
}

/** The account of a handle in the request, or the answer that says why not. */
function account(value: unknown, state: SandboxState): SandboxUser | ControlAnswer {
  const username = usernameOf(value);
  if (username === undefined) return refuse(400, 'A handle has 1 to 15 letters, digits and underscores');
  return state.userByName(username) ?? refuse(404, `The sandbox has no account @${username}`);
}

/** Reads a fault from JSON; a sentence when something in it is wrong. */
function readFault(body: JsonRecord): Fault | string {
  const { kind, times = 1, method, path, status, detail } = body;
  if (!FAULT_KINDS.includes(kind as FaultKind)) return `kind is one of ${FAULT_KINDS.join(', ')}`;
  if (!Number.isInteger(times) || (times as number) < 1 || (times as number) > 1_000_000) return 'times is a number from 1 to 1000000';
  if (method !== undefined && method !== 'GET' && method !== 'POST') return 'method is GET or POST';
  if (path !== undefined && textOf(path) === undefined) return 'path is the beginning of a path';
  if (status !== undefined && !(Number.isInteger(status) && (status as number) >= 500 && (status as number) <= 599)) {
    return 'status is a number from 500 to 599';
  }
  if (detail !== undefined && textOf(detail) === undefined) return 'detail is a text';
  return body as unknown as Fault;
}

export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  answer(parts: ControlParts, body: JsonRecord, params: Readonly<Record<string, string>>): ControlAnswer;
}

/** The control API. Each entry is an endpoint; `ControlClient` has a method for each. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [
  { method: 'GET', path: '/users', answer: ({ state }) => ok(state.users) },
  {
    method: 'POST',
    path: '/users',
    answer({ state }, body) {
      const username = usernameOf(body['username']);
      if (username === undefined) return refuse(400, 'A handle has 1 to 15 letters, digits and underscores');
      const { name, acceptsDms } = body;
      const user = state.putUser({
        username,
        ...(typeof name === 'string' && name !== '' ? { name } : {}),
        ...(typeof acceptsDms === 'boolean' ? { acceptsDms } : {}),
      });
      return user === undefined ? refuse(409, 'The sandbox is full of accounts') : ok(user);
    },
  },
  {
    method: 'GET',
    path: '/users/:username/inbox',
    answer({ state }, _body, params) {
      const user = account(params['username'], state);
      if ('status' in user) return user;
      return ok(state.messages.filter((message) => message.recipientId === user.id).map((message) => show(message, state)));
    },
  },
  {
    method: 'POST',
    path: '/messages',
    answer({ state }, body) {
      const [from, to, text] = [account(body['from'], state), account(body['to'], state), textOf(body['text'])];
      if ('status' in from) return from;
      if ('status' in to) return to;
      if (text === undefined || text === '') return refuse(400, 'A message needs a text');
      if (from.id === to.id || !to.acceptsDms) return refuse(403, `@${to.username} takes no direct messages from @${from.username}`);
      return ok(show(state.addMessage({ senderId: from.id, recipientId: to.id, text }), state));
    },
  },
  { method: 'GET', path: '/posts', answer: ({ state }) => ok(state.posts) },
  {
    method: 'POST',
    path: '/posts',
    answer({ state }, body) {
      const [author, text, replyToId] = [account(body['from'], state), textOf(body['text']), idOf(body['replyToId'])];
      if ('status' in author) return author;
      if (text === undefined || text === '') return refuse(400, 'A post needs a text');
      return ok(state.addPost({ authorId: author.id, text, ...(replyToId === undefined ? {} : { replyToId }) }));
    },
  },
  { method: 'GET', path: '/faults', answer: ({ faults }) => ok(faults.list()) },
  {
    method: 'POST',
    path: '/faults',
    answer({ faults }, body) {
      const fault = readFault(body);
      if (typeof fault === 'string') return refuse(400, fault);
      return faults.add(fault) ? ok(faults.list()) : refuse(409, 'Too many faults wait already');
    },
  },
  {
    method: 'DELETE',
    path: '/faults',
    answer({ faults }) {
      faults.clear();
      return ok([]);
    },
  },
  {
    method: 'POST',
    path: '/limits',
    answer({ limits }, { enabled }) {
      if (typeof enabled !== 'boolean') return refuse(400, 'enabled is true or false');
      limits.enabled = enabled;
      return ok({ enabled });
    },
  },
  { method: 'GET', path: '/requests', answer: ({ requests }) => ok(requests.list()) },
];
