import { timeOfId } from './ids.ts';
import { idOf, listOf, recordOf, textOf, usernameOf, type JsonRecord } from './json.ts';
import { plainText } from './plain-text.ts';
import type { XIncomingMessage, XPost } from './port.ts';

/*
 * Shapes of version 1.1, which live on in the webhooks: direct messages of the X Activity API come as
 * the Account Activity API had them.
 */

/** A direct message of which X tells whom it was sent to. */
export interface DeliveredMessage extends XIncomingMessage {
  readonly recipientId: string;
}

/** A user under `users`: v1 (`screen_name`) or v2 in `data`. */
function handleOf(value: unknown): string | undefined {
  const user = recordOf(value);
  return usernameOf(recordOf(user?.['data'])?.['username']) ?? usernameOf(user?.['username']) ?? usernameOf(user?.['screen_name']);
}

/** The messages of `{ direct_message_events: […], users: { <id>: … } }`. There is no id of a conversation. */
export function decodeLegacyMessages(body: JsonRecord): readonly DeliveredMessage[] {
  const users = recordOf(body['users']);
  const messages: DeliveredMessage[] = [];
  for (const item of listOf(body['direct_message_events']) ?? []) {
    const event = recordOf(item);
    const create = recordOf(event?.['message_create']);
    const content = recordOf(create?.['message_data']);
    const id = idOf(event?.['id']);
    const senderId = idOf(create?.['sender_id']);
    const recipientId = idOf(recordOf(create?.['target'])?.['recipient_id']);
    if (event?.['type'] !== 'message_create' || id === undefined || senderId === undefined || recipientId === undefined) continue;
    messages.push({
      id,
      senderId,
      recipientId,
      senderName: handleOf(users?.[senderId]),
      text: plainText(textOf(content?.['text']) ?? '', content?.['entities']),
      createdAtMs: millisecondsOf(event['created_timestamp']) ?? timeOfId(id),
    });
  }
  return messages;
}

function millisecondsOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^[0-9]{13}$/.test(value) ? Number(value) : undefined;
}

/** The posts of `tweet_create_events`: posts by, to and about the account, each as version 1.1 shows it. */
export function decodeLegacyPosts(value: unknown): readonly XPost[] {
  return (listOf(value) ?? []).map(decodeLegacyPost).filter((post) => post !== undefined);
}

function decodeLegacyPost(value: unknown): XPost | undefined {
  const post = recordOf(value);
  const author = recordOf(post?.['user']);
  const id = idOf(post?.['id_str']);
  const authorId = idOf(author?.['id_str']);
  if (post === undefined || id === undefined || authorId === undefined) return undefined;
  const long = recordOf(post['extended_tweet']);
  const text = textOf(long?.['full_text']) ?? textOf(post['full_text']) ?? textOf(post['text']) ?? '';
  const history = recordOf(post['edit_history']);
  const createdAtMs = Date.parse(textOf(post['created_at']) ?? '');
  return {
    id,
    firstId: idOf(history?.['initial_tweet_id']) ?? idOf(listOf(history?.['edit_tweet_ids'])?.[0]) ?? id,
    text: plainText(text, long?.['entities'] ?? post['entities']),
    authorId,
    authorName: usernameOf(author?.['screen_name']),
    createdAtMs: Number.isNaN(createdAtMs) ? timeOfId(id) : createdAtMs,
    isRepost: recordOf(post['retweeted_status']) !== undefined,
  };
}
