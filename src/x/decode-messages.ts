import { handlesIn } from './decode-posts.ts';
import { compareIds, timeOfId } from './ids.ts';
import { idOf, listOf, recordOf, textOf } from './json.ts';
import { plainText } from './plain-text.ts';
import { XFailure, type MessagePage, type XIncomingMessage } from './port.ts';

/** One page of `GET /2/dm_events`, our own messages among them; an empty page has no `data`. `unusable` events were no messages. */
export function decodeMessages(body: unknown): MessagePage & { readonly unusable: number } {
  const answer = recordOf(body);
  const meta = recordOf(answer?.['meta']);
  const data = answer?.['data'] === undefined ? [] : listOf(answer['data']);
  if (meta === undefined || data === undefined) throw new XFailure('unavailable', 'The answer of X holds no list of messages');
  const handles = handlesIn(answer?.['includes']);
  const messages: XIncomingMessage[] = [];
  for (const item of data) {
    const event = recordOf(item);
    const id = idOf(event?.['id']);
    const senderId = idOf(event?.['sender_id']);
    if (event?.['event_type'] !== 'MessageCreate' || id === undefined || senderId === undefined) continue;
    const createdAtMs = Date.parse(textOf(event['created_at']) ?? '');
    messages.push({
      id,
      text: plainText(textOf(event['text']) ?? '', event['entities']),
      senderId,
      senderName: handles.get(senderId),
      createdAtMs: Number.isNaN(createdAtMs) ? timeOfId(id) : createdAtMs,
    });
  }
  const ids = messages.map(({ id }) => id).sort(compareIds);
  const span = ids.length === 0 ? undefined : { newestId: ids.at(-1)!, oldestId: ids[0]! };
  return { messages, nextToken: textOf(meta['next_token']), span, unusable: data.length - messages.length };
}
