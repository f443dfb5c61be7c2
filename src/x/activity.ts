import { decodePost, handlesIn } from './decode-posts.ts';
import { decodeLegacyMessages, decodeLegacyPosts, type DeliveredMessage } from './legacy-activity.ts';
import { idOf, recordOf, textOf, usernameOf, type JsonRecord } from './json.ts';
import type { XPost } from './port.ts';

/** Something that X told us of its own accord. `forUserId` is the account whose subscription it is. */
export type Activity =
  | { readonly kind: 'posts'; readonly forUserId: string | undefined; readonly posts: readonly XPost[] }
  | { readonly kind: 'messages'; readonly forUserId: string | undefined; readonly messages: readonly DeliveredMessage[] }
  /** Encrypted chat: nobody here can read it. */
  | { readonly kind: 'encrypted'; readonly forUserId: string | undefined; readonly senderId: string | undefined }
  /** That account took its consent back. */
  | { readonly kind: 'revoked'; readonly userId: string }
  /** That account changed its handle. */
  | { readonly kind: 'renamed'; readonly userId: string; readonly username: string }
  /** Anything else: X adds kinds without notice. */
  | { readonly kind: 'unknown'; readonly eventType: string };

/**
 * Reads one delivery, by webhook or activity stream: the envelope of the X Activity API (`{ data: {
 * event_type, filter, payload } }`) or the body of the older Account Activity API (`{ for_user_id,
 * … }`). Never throws: what cannot be read is `unknown`.
 */
export function decodeActivity(body: unknown): readonly Activity[] {
  const delivery = recordOf(body);
  const event = recordOf(delivery?.['data']);
  if (event !== undefined) return [decodeEvent(event)];
  return delivery === undefined ? [unknown('not an object')] : decodeLegacy(delivery);
}

/** One event of the X Activity API. */
function decodeEvent(event: JsonRecord): Activity {
  const eventType = textOf(event['event_type']) ?? 'no event_type';
  const forUserId = idOf(recordOf(event['filter'])?.['user_id']);
  const payload = recordOf(event['payload']);
  switch (eventType) {
    case 'post.mention.create':
    case 'post.reply.create': {
      const post = decodePost(payload, handlesIn(event['includes']));
      return post === undefined ? unknown(`${eventType} without ids`) : { kind: 'posts', forUserId, posts: [post] };
    }
    case 'dm.received':
      return { kind: 'messages', forUserId, messages: payload === undefined ? [] : decodeLegacyMessages(payload) };
    case 'chat.received':
      return { kind: 'encrypted', forUserId, senderId: idOf(payload?.['sender_id']) ?? otherOf(payload?.['conversation_id'], forUserId) };
    case 'oauth.revoke':
      return revoked(idOf(recordOf(payload?.['source'])?.['user_id']) ?? idOf(payload?.['user_id']) ?? forUserId);
    case 'profile.update.handle':
    case 'profile.update.screenname': {
      const username = usernameOf(payload?.['after'] ?? payload?.['username']);
      if (forUserId === undefined || username === undefined) return unknown(eventType);
      return { kind: 'renamed', userId: forUserId, username };
    }
    default:
      return unknown(eventType);
  }
}

/** A body of the Account Activity API: one account, one kind of list or a user event. */
function decodeLegacy(delivery: JsonRecord): readonly Activity[] {
  const forUserId = idOf(delivery['for_user_id']);
  const revoke = recordOf(recordOf(delivery['user_event'])?.['revoke']);
  const found: Activity[] = [];
  if (delivery['direct_message_events'] !== undefined) {
    found.push({ kind: 'messages', forUserId, messages: decodeLegacyMessages(delivery) });
  }
  // Blocked people may mention us; their posts come with this mark and are none of our business.
  if (delivery['tweet_create_events'] !== undefined && delivery['user_has_blocked'] !== true) {
    found.push({ kind: 'posts', forUserId, posts: decodeLegacyPosts(delivery['tweet_create_events']) });
  }
  if (revoke !== undefined) found.push(revoked(idOf(recordOf(revoke['source'])?.['user_id'])));
  return found.length > 0 ? found : [unknown(Object.keys(delivery).find((name) => name !== 'for_user_id') ?? 'empty')];
}

function revoked(userId: string | undefined): Activity {
  return userId === undefined ? unknown('revocation without an account') : { kind: 'revoked', userId };
}

/** The kind is X's word and goes into a log line: bounded. */
function unknown(eventType: string): Activity {
  return { kind: 'unknown', eventType: eventType.slice(0, 64) };
}

/** The other account of a conversation `a:b`. */
function otherOf(conversationId: unknown, ownId: string | undefined): string | undefined {
  const ids = (textOf(conversationId) ?? '').split(/[:-]/);
  return ids.length === 2 ? ids.map(idOf).find((id) => id !== undefined && id !== ownId) : undefined;
}
