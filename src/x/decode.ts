import { idOf, listOf, recordOf, textOf, usernameOf } from './json.ts';
import { XFailure, type DirectMessage, type SentDirectMessage, type XUser } from './port.ts';

/*
 * The bodies of X's answers. The types of the HTTP library promise more than arrives (its type of a
 * sent message lacks `data`), so each body is read as unknown JSON.
 */

/** A user of `GET /2/users/...`, or `undefined` when the body holds none. */
export function decodeUser(value: unknown): XUser | undefined {
  const user = recordOf(value);
  const id = idOf(user?.['id']);
  const username = usernameOf(user?.['username']);
  if (id === undefined || username === undefined) return undefined;
  const receivesYourDm = user?.['receives_your_dm'];
  return {
    id,
    username,
    name: textOf(user?.['name']) ?? username,
    ...(typeof receivesYourDm === 'boolean' ? { receivesYourDm } : {}),
  };
}

/**
 * `GET /2/users/by/username/:username`. An unknown handle is 200 with `errors[]` and no `data`; a
 * suspended account looks the same but says `Forbidden`.
 */
export function decodeLookup(body: unknown): XUser | undefined {
  const answer = recordOf(body);
  const user = decodeUser(answer?.['data']);
  if (user !== undefined) return user;
  const error = recordOf(listOf(answer?.['errors'])?.[0]);
  if (error === undefined) throw new XFailure('unavailable', 'The answer of X holds neither a user nor an error');
  if (error['title'] !== 'Forbidden' && textOf(error['type'])?.endsWith('/resource-not-found')) return undefined;
  throw new XFailure('refused', textOf(error['detail']) ?? 'X does not show this user');
}

/** The 201 of a sent message, or `undefined` when the ids are not there. */
export function decodeSent(body: unknown): SentDirectMessage | undefined {
  const data = recordOf(recordOf(body)?.['data']);
  const eventId = idOf(data?.['dm_event_id']);
  const conversationId = textOf(data?.['dm_conversation_id']);
  return eventId === undefined || conversationId === undefined ? undefined : { eventId, conversationId };
}

/** One page of `GET /2/dm_conversations/.../dm_events`; an empty page has no `data`. */
export function decodeDirectMessages(body: unknown): { messages: DirectMessage[]; nextToken: string | undefined } {
  const answer = recordOf(body);
  const meta = recordOf(answer?.['meta']);
  const data = answer?.['data'] === undefined ? [] : listOf(answer['data']);
  if (meta === undefined || data === undefined) throw new XFailure('unavailable', 'The answer of X holds no list of messages');
  const messages: DirectMessage[] = [];
  for (const item of data) {
    const event = recordOf(item);
    const id = idOf(event?.['id']);
    const senderId = idOf(event?.['sender_id']);
    const createdAtMs = Date.parse(textOf(event?.['created_at']) ?? '');
    if (event?.['event_type'] !== 'MessageCreate') continue;
    if (id === undefined || senderId === undefined || Number.isNaN(createdAtMs)) {
      // Leaving it out could make a message that was sent look as if it was not.
      throw new XFailure('unavailable', 'X lists a message without id, sender or time');
    }
    messages.push({ id, senderId, text: textOf(event['text']) ?? '', createdAtMs });
  }
  return { messages, nextToken: textOf(meta['next_token']) };
}
