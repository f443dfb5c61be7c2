import { randomBytes, randomUUID } from 'node:crypto';
import type { SandboxUser } from '../accounts.ts';
import type { SandboxEvent } from '../feed.ts';
import type { SandboxMessage } from '../messages.ts';
import type { SandboxPost } from '../posts.ts';
import { showUser } from '../routes/fields.ts';
import { postFields } from '../routes/show-post.ts';
import type { SandboxState } from '../state.ts';
import type { EventType } from './event-types.ts';

/** Something that X would tell the subscribers of an event type. */
export interface Occurrence {
  readonly eventType: EventType;
  /** Whose event it is; undefined for one that every subscription of its type hears. */
  readonly userId: string | undefined;
  readonly payload: object;
  readonly includes?: object;
}

const APP_ID = '1';
const ALL_USER_FIELDS = new Set(['created_at', 'description', 'protected', 'verified_type']);

const wholeUser = (user: SandboxUser) => showUser(user, ALL_USER_FIELDS);

/** What is told of an event, in the order in which X's own samples number them. */
export function occurrencesOf(event: SandboxEvent, state: SandboxState): Occurrence[] {
  switch (event.kind) {
    case 'post':
      return ofPost(event.post, state);
    case 'post-deleted': {
      const { id, authorId } = event.post;
      return [{ eventType: 'post.delete', userId: authorId, payload: { id, author_id: authorId } }];
    }
    case 'message':
      return ofMessage(event.message, state);
    case 'user-changed':
      return ofUser(event.before, event.user);
    case 'revoked': {
      const date = new Date(event.atMs).toISOString().replace(/\.[0-9]+Z$/, '+00:00');
      return [{ eventType: 'oauth.revoke', userId: undefined, payload: { date_time: date, user_id: event.userId, app_id: APP_ID } }];
    }
  }
}

/** A repost mentions nobody: the event is for a literal `@name` in what somebody wrote. */
function ofPost(post: SandboxPost, state: SandboxState): Occurrence[] {
  const author = state.userById(post.authorId);
  const told = { payload: postFields(post, state, 'tweet'), includes: { users: author === undefined ? [] : [wholeUser(author)] } };
  const parent = state.postById(post.replyToId ?? '');
  const mentioned = post.repostsId !== undefined ? [] : [...new Set(post.mentions.flatMap(({ id }) => (id === undefined || id === post.authorId ? [] : [id])))];
  return [
    { eventType: 'post.create', userId: post.authorId, ...told },
    ...mentioned.map((userId): Occurrence => ({ eventType: 'post.mention.create', userId, ...told })),
    ...(parent === undefined || parent.authorId === post.authorId ? [] : [{ eventType: 'post.reply.create' as const, userId: parent.authorId, ...told }]),
  ];
}

function ofMessage(message: SandboxMessage, state: SandboxState): Occurrence[] {
  const kind = message.encrypted ? 'chat' : 'dm';
  const told = (what: 'received' | 'sent', userId: string): Occurrence => ({
    eventType: `${kind}.${what}`,
    userId,
    // Made when somebody hears of it: hardly anybody does, and there may be hundreds of messages a second.
    get payload() {
      return message.encrypted ? encryptedPayload(message) : legacyPayload(message, state);
    },
  });
  return [told('received', message.recipientId), told('sent', message.senderId)];
}

/** X puts the body of its old account activity into the new envelope; it names no conversation. */
function legacyPayload({ id, senderId, recipientId, text, createdAtMs }: SandboxMessage, state: SandboxState): object {
  const users = [senderId, recipientId].flatMap((userId) => {
    const user = state.userById(userId);
    return user === undefined ? [] : [[userId, { data: wholeUser(user) }]];
  });
  const message_data = { text, entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] } };
  const message_create = { target: { recipient_id: recipientId }, sender_id: senderId, message_data };
  return {
    direct_message_events: [{ type: 'message_create', id, created_timestamp: String(createdAtMs), message_create }],
    users: Object.fromEntries(users) as object,
  };
}

/** Nobody without the keys of the conversation reads it: here nobody at all, since it is noise. */
function encryptedPayload({ senderId, recipientId, createdAtMs }: SandboxMessage): object {
  return {
    conversation_token: randomBytes(48).toString('base64url'),
    id: randomUUID(),
    created_at_msec: String(createdAtMs),
    sender_id: senderId,
    conversation_id: `${senderId}:${recipientId}`,
    conversation_key_version: '1',
    encoded_event: randomBytes(96).toString('base64'),
  };
}

/** X's pages call the display name `screenname`; the handle has an event of its own. */
function ofUser(before: SandboxUser, user: SandboxUser): Occurrence[] {
  const changed = (eventType: EventType, from: string, to: string): Occurrence[] =>
    from === to ? [] : [{ eventType, userId: user.id, payload: { before: from, after: to } }];
  return [
    ...changed('profile.update.handle', before.username, user.username),
    ...changed('profile.update.screenname', before.name, user.name),
  ];
}
