import assert from 'node:assert/strict';
import test, { describe, type TestContext } from 'node:test';
import { accountIdOf } from '../../../../src/x/emulator/snowflake.ts';
import { bearerRequest, sandbox, signedRequest, type Sandbox } from '../../sandbox.ts';
import { openStream, utf8, type Reading } from '../stream/reading.ts';
import { asApp } from './webhook-server.ts';

const PATH = '/2/activity/subscriptions';
const [BOT, BOB] = [accountIdOf('sipweet'), accountIdOf('bob')];

const wish = (event_type: string, user_id: string, more: object = {}) => ({ event_type, filter: { user_id }, ...more });

interface Envelope {
  readonly data: {
    readonly event_uuid: string;
    readonly filter: object;
    readonly event_type: string;
    readonly tag?: string;
    readonly payload: Record<string, unknown>;
    readonly includes?: { readonly users: Record<string, unknown>[] };
  };
}

/** A sandbox with those subscriptions and a client on the stream of events. */
async function hearing(t: TestContext, ...wishes: object[]): Promise<{ x: Sandbox; reading: Reading; next: () => Promise<Envelope['data']> }> {
  const x = await sandbox(t);
  for (const body of wishes) assert.equal((await asApp(x, 'POST', PATH, body)).status, 200, JSON.stringify(body));
  const reading = await openStream(x.apiUrl, '/2/activity/stream');
  t.after(() => reading.close());
  return { x, reading, next: async () => (JSON.parse(utf8(await reading.next())) as Envelope).data };
}

describe('subscriptions', () => {
  test('are created, listed, changed and deleted', async (t) => {
    const x = await sandbox(t);
    const created = (await asApp(x, 'POST', PATH, wish('profile.update.handle', BOB, { tag: 'names' }))).json as { data: { subscription_id: string }; meta: object };
    const { subscription_id } = created.data;
    const at = new Date(x.clock.now()).toISOString();
    const shown = { subscription_id, event_type: 'profile.update.handle', filter: { user_id: BOB }, created_at: at, updated_at: at, tag: 'names' };
    assert.deepEqual(created, { data: shown, meta: { total_subscriptions: 1 } });
    assert.deepEqual((await asApp(x, 'GET', PATH)).json, { data: [shown], meta: { total_subscriptions: 1 } });
    assert.deepEqual((await asApp(x, 'PUT', `${PATH}/${subscription_id}`, { tag: 'new' })).json, { data: { ...shown, tag: 'new' }, meta: { total_subscriptions: 1 } });
    assert.deepEqual((await asApp(x, 'DELETE', `${PATH}/${subscription_id}`)).json, { data: { deleted: true }, meta: { total_subscriptions: 0 } });
    assert.equal((await asApp(x, 'DELETE', `${PATH}/${subscription_id}`)).status, 404);
  });

  test('a new one is answered in each of the three shapes of X', async (t) => {
    const x = await sandbox(t);
    const create = async (user: string) => ((await asApp(x, 'POST', PATH, wish('post.create', user))).json as { data: unknown }).data;
    assert.ok('subscription_id' in ((await create('1')) as object));
    await x.control.setSubscriptionShape('list');
    assert.ok(Array.isArray(await create('2')));
    await x.control.setSubscriptionShape('nested');
    assert.ok('subscription' in ((await create('3')) as object));
  });

  test('what makes no sense is 400: an unknown event, no user, a webhook that is not there, an equal one', async (t) => {
    const x = await sandbox(t);
    await asApp(x, 'POST', PATH, wish('post.create', BOB));
    for (const body of [wish('post.like', BOB), { event_type: 'post.create' }, wish('post.create', 'bob'), wish('post.create', BOT, { webhook_id: '7' }), wish('post.create', BOB)]) {
      assert.equal((await asApp(x, 'POST', PATH, body)).status, 400, JSON.stringify(body));
    }
  });

  test('private events need what that user allowed: the own login, or the app with a token of theirs', async (t) => {
    const x = await sandbox(t);
    const signed = (user: string) => signedRequest(x.apiUrl, { method: 'POST', target: PATH, body: JSON.stringify(wish('dm.received', user)) });
    assert.equal((await signed(BOT)).status, 200);
    assert.equal((await signed(BOB)).status, 403);
    assert.equal((await asApp(x, 'POST', PATH, wish('post.mention.create', BOB))).status, 403);
    const { access_token: token } = await x.control.issueTokens('bob', 'tweet.read users.read');
    assert.equal((await asApp(x, 'POST', PATH, wish('post.mention.create', BOB))).status, 200);
    assert.equal((await bearerRequest(x.apiUrl, { token, method: 'POST', target: PATH, body: wish('dm.received', BOB) })).status, 403);
    assert.equal((await bearerRequest(x.apiUrl, { token, method: 'POST', target: PATH, body: wish('post.reply.create', BOB) })).status, 200);
    assert.equal((await bearerRequest(x.apiUrl, { token, method: 'POST', target: PATH, body: wish('post.reply.create', BOT) })).status, 403);
  });
});

describe('events', () => {
  test('post.mention.create: the post with its author, for a literal @name only', async (t) => {
    const { x, next } = await hearing(t, wish('post.mention.create', BOT, { tag: 'mentions' }));
    const post = await x.control.postAs({ from: 'ann', text: '@sipweet @SipWeet hi' });
    const event = await next();
    assert.match(event.event_uuid, /^-?[0-9]{1,19}$/);
    assert.deepEqual([event.event_type, event.tag, event.filter], ['post.mention.create', 'mentions', { user_id: BOT }]);
    assert.deepEqual([event.payload['id'], event.payload['text'], event.payload['author_id'], event.payload['edit_history_tweet_ids']], [post.id, '@sipweet @SipWeet hi', accountIdOf('ann'), [post.id]]);
    assert.equal(event.includes?.users[0]?.['username'], 'ann');
    await x.control.repostAs({ from: 'bob', repostsId: post.id });
    await x.control.postAs({ from: 'ann', text: 'unnamed', replyToId: post.id });
    const edited = await x.control.editPost(post.id, '@sipweet edited');
    assert.deepEqual((await next()).payload['edit_history_tweet_ids'], [post.id, edited.id]);
    assert.deepEqual((await x.control.spend()).byPrice, { 'event-mention': { count: 2, microUsd: 10_000 } });
  });

  test('dm.received: the body of the old account activity, without a conversation', async (t) => {
    const { x, next } = await hearing(t, wish('dm.received', BOT), wish('dm.sent', BOT));
    const sent = await x.control.sendAs({ from: 'bob', text: 'call @alice' });
    const { event_type, payload } = await next();
    assert.equal(event_type, 'dm.received');
    const users = payload['users'] as Record<string, { data: { username: string } }>;
    assert.deepEqual([users[BOB]?.data.username, users[BOT]?.data.username], ['bob', 'sipweet']);
    assert.deepEqual(payload['direct_message_events'], [
      {
        type: 'message_create',
        id: sent.id,
        created_timestamp: String(x.clock.now()),
        message_create: {
          target: { recipient_id: BOT },
          sender_id: BOB,
          message_data: { text: 'call @alice', entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] } },
        },
      },
    ]);
    await x.control.sendAs({ from: 'sipweet', to: 'bob', text: 'answer' });
    assert.equal((await next()).event_type, 'dm.sent');
    assert.deepEqual((await x.control.spend()).byPrice, { 'event-dm-received': { count: 1, microUsd: 10_000 } });
  });

  test('chat.received: who wrote, and noise', async (t) => {
    const { x, next } = await hearing(t, wish('chat.received', BOT), wish('dm.received', BOT));
    await x.control.sendAs({ from: 'bob', text: 'secret words', encrypted: true });
    const { event_type, payload } = await next();
    assert.equal(event_type, 'chat.received');
    assert.deepEqual([payload['sender_id'], payload['conversation_id']], [BOB, `${BOB}:${BOT}`]);
    assert.ok((payload['encoded_event'] as string).length > 20);
    assert.doesNotMatch(JSON.stringify(payload), /secret/);
  });

  test('a new handle is profile.update.handle, a new name profile.update.screenname', async (t) => {
    const { x, next } = await hearing(t, wish('profile.update.handle', BOB), wish('profile.update.screenname', BOB));
    await x.control.putUser({ username: 'bob' });
    await x.control.putUser({ username: 'bob', name: 'Bob' });
    await x.control.putUser({ username: 'bob', name: 'Bob B.' });
    await x.control.rename('bob', 'bobby');
    const events = [await next(), await next(), await next()].map(({ event_type, payload }) => [event_type, payload]);
    assert.deepEqual(events, [
      ['profile.update.screenname', { before: 'bob', after: 'Bob' }],
      ['profile.update.screenname', { before: 'Bob', after: 'Bob B.' }],
      ['profile.update.handle', { before: 'bob', after: 'bobby' }],
    ]);
  });

  test('oauth.revoke names the user and no filter, and ends what was private of theirs', async (t) => {
    const { x, next } = await hearing(t, wish('oauth.revoke', BOT));
    await x.control.issueTokens('bob', 'dm.read tweet.read users.read');
    for (const type of ['dm.received', 'post.create']) await asApp(x, 'POST', PATH, wish(type, BOB));
    await x.control.revokeTokens('bob');
    const { filter, payload } = await next();
    assert.deepEqual(filter, {});
    assert.deepEqual(payload, { date_time: new Date(x.clock.now()).toISOString().replace(/\.\d+Z/, '+00:00'), user_id: BOB, app_id: '1' });
    assert.deepEqual((await x.control.subscriptions()).map(({ eventType }) => eventType), ['oauth.revoke', 'post.create']);
  });

  test('post.delete names the post and its author', async (t) => {
    const { x, next } = await hearing(t, wish('post.delete', BOB));
    const post = await x.control.postAs({ from: 'bob', text: 'oops' });
    await x.control.deletePost(post.id);
    assert.deepEqual((await next()).payload, { id: post.id, author_id: BOB });
  });

  test('two may follow the stream, not three', async (t) => {
    const { x } = await hearing(t);
    const second = await openStream(x.apiUrl, '/2/activity/stream');
    t.after(() => second.close());
    assert.equal((await asApp(x, 'GET', '/2/activity/stream')).status, 429);
  });
});
