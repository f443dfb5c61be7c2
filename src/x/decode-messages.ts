import { handlesIn } from './decode-posts.ts';
import { timeOfId } from './ids.ts';
import { idOf, listOf, recordOf, textOf } from './json.ts';
import { plainText } from './plain-text.ts';
import { XFailure, type XIncomingMessage } from './port.ts';

/** A page of direct messages of all conversations, our own among them, and how many events were none. */
export interface MessagePage {
  readonly messages: readonly XIncomingMessage[];
  readonly nextToken: string | undefined;
  readonly unusable: number;
}

/** One page of `GET /2/dm_events`; an empty page has no `data`. */
export function decodeMessages(body: unknown): MessagePage {
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
  return { messages, nextToken: textOf(meta['next_token']), unusable: data.length - messages.length };
}
