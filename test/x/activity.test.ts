import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { decodeActivity } from '../../src/x/activity.ts';

const BOT = '9';
const BOB = '42';
const AT_MS = Date.UTC(2026, 7, 1, 12);

const envelope = (event_type: string, payload: unknown, more: object = {}) => ({
  data: { event_uuid: '-1', filter: { user_id: BOT }, event_type, payload, ...more },
});

const dm = (text: string) => ({
  direct_message_events: [
    {
      type: 'message_create',
      id: '1900000000000000001',
      created_timestamp: String(AT_MS),
      message_create: { target: { recipient_id: BOT }, sender_id: BOB, message_data: { text, entities: {} } },
    },
  ],
});

test('a mention of the X Activity API: the post, its author from the includes, the account it is for', () => {
  const post = { id: '11', text: '@bot call alice', author_id: BOB, created_at: '2026-08-01T12:00:00.000Z', edit_history_tweet_ids: ['10', '11'] };
  const [activity] = decodeActivity(envelope('post.mention.create', post, { includes: { users: [{ id: BOB, username: 'bob' }] } }));
  assert.deepEqual(activity, {
    kind: 'posts',
    forUserId: BOT,
    posts: [{ id: '11', firstId: '10', text: '@bot call alice', authorId: BOB, authorName: 'bob', createdAtMs: AT_MS, isRepost: false }],
  });
});

const MESSAGE = { id: '1900000000000000001', senderId: BOB, recipientId: BOT, senderName: 'bob', text: 'call <alice>', createdAtMs: AT_MS };

test('a direct message of the X Activity API has the shape of version 1.1 and users of version 2', () => {
  const users = { [BOB]: { data: { id: BOB, username: 'bob' } } };
  assert.deepEqual(decodeActivity(envelope('dm.received', { ...dm('call &lt;alice&gt;'), users })), [{ kind: 'messages', forUserId: BOT, messages: [MESSAGE] }]);
});

test('a direct message of the Account Activity API', () => {
  const body = { for_user_id: BOT, ...dm('call &lt;alice&gt;'), users: { [BOB]: { id: BOB, screen_name: 'bob' } } };
  assert.deepEqual(decodeActivity(body), [{ kind: 'messages', forUserId: BOT, messages: [MESSAGE] }]);
});

test('posts of the Account Activity API: long text, edit history, reposts', () => {
  const tweet = {
    id_str: '11',
    text: '@bot call…',
    extended_tweet: { full_text: '@bot call alice', entities: {} },
    user: { id_str: BOB, screen_name: 'bob' },
    created_at: 'Sat Aug 01 12:00:00 +0000 2026',
    edit_history: { initial_tweet_id: '10' },
  };
  const [activity] = decodeActivity({ for_user_id: BOT, tweet_create_events: [tweet, { ...tweet, id_str: '12', retweeted_status: {} }, {}] });
  assert.ok(activity?.kind === 'posts');
  assert.deepEqual(activity.posts[0], { id: '11', firstId: '10', text: '@bot call alice', authorId: BOB, authorName: 'bob', createdAtMs: AT_MS, isRepost: false });
  assert.equal(activity.posts[1]?.isRepost, true);
  assert.equal(activity.posts.length, 2);
});

test('posts that come with the mark of a block are nobody\'s command', () => {
  const tweet = { id_str: '11', text: '@bot call alice', user: { id_str: BOB } };
  assert.deepEqual(decodeActivity({ for_user_id: BOT, user_has_blocked: true, tweet_create_events: [tweet] }).map(({ kind }) => kind), ['unknown']);
});

test('encrypted chat names its sender, or the other of its conversation', () => {
  assert.deepEqual(decodeActivity(envelope('chat.received', { sender_id: BOB, encoded_event: 'AAA' })), [{ kind: 'encrypted', forUserId: BOT, senderId: BOB }]);
  assert.deepEqual(decodeActivity(envelope('chat.received', { conversation_id: `${BOT}:${BOB}`, encoded_event: 'AAA' })), [
    { kind: 'encrypted', forUserId: BOT, senderId: BOB },
  ]);
});

test('a revoked consent, by both APIs', () => {
  assert.deepEqual(decodeActivity({ user_event: { revoke: { source: { user_id: BOB }, target: { app_id: '1' } } } }), [{ kind: 'revoked', userId: BOB }]);
  assert.deepEqual(decodeActivity(envelope('oauth.revoke', { source: { user_id: BOB } })), [{ kind: 'revoked', userId: BOB }]);
});

test('kinds that X will add are unknown, by name', () => {
  assert.deepEqual(decodeActivity(envelope('spaces.start', {})), [{ kind: 'unknown', eventType: 'spaces.start' }]);
  assert.deepEqual(decodeActivity({ for_user_id: BOT, favorite_events: [] }), [{ kind: 'unknown', eventType: 'favorite_events' }]);
});

test('no body whatever makes it throw', () => {
  const KEYS = ['data', 'payload', 'event_type', 'filter', 'direct_message_events', 'tweet_create_events', 'user_event', 'revoke', 'users', 'message_create'];
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom('dm.received', 'post.mention.create', 'chat.received', 'oauth.revoke', 'profile.update.handle', 'message_create', '1'),
      fc.constantFrom(null, 1, true, ''),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...KEYS), tie('value')),
    ),
  }));
  fc.assert(fc.property(value, (body) => decodeActivity(body).length > 0), { numRuns: 2000 });
});
