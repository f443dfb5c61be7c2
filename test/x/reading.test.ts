import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { accountIdOf } from '../../src/x/emulator/snowflake.ts';
import { XFailure } from '../../src/x/port.ts';
import { cannedServer, sandbox, type Sandbox } from './sandbox.ts';

const BOT = accountIdOf('sipweet');
const BOB = accountIdOf('bob_example');

const mentions = (x: Sandbox, query: { sinceId?: string; pageToken?: string } = {}) => x.client().mentions({ userId: BOT, ...query });

/** An answer that the sandbox never gives. */
async function canned(t: Parameters<typeof sandbox>[0], status: number, body: unknown) {
  const apiBase = await cannedServer(t, (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  return (await sandbox(t)).client({ apiBase });
}

describe('mentions', () => {
  test('are those of others that name us, newest first, with author, time and words', async (t) => {
    const x = await sandbox(t);
    const first = await x.control.postAs({ from: 'bob_example', text: '@sipweet call <alice> & co' });
    x.clock.advance(1000);
    const second = await x.control.postAs({ from: 'carol_example', text: 'hey @sipweet' });
    await x.control.postAs({ from: 'bob_example', text: 'about something else' });
    const { posts, nextToken } = await mentions(x);
    assert.equal(nextToken, undefined);
    assert.deepEqual(posts.map(({ id, authorName, isRepost }) => [id, authorName, isRepost]), [
      [second.id, 'carol_example', false],
      [first.id, 'bob_example', false],
    ]);
    assert.deepEqual(posts[1], {
      id: first.id,
      firstId: first.id,
      text: '@sipweet call <alice> & co',
      authorId: BOB,
      authorName: 'bob_example',
      createdAtMs: x.clock.now() - 1000,
      isRepost: false,
    });
  });

  test('since_id leaves out what is not newer, on every page', async (t) => {
    const x = await sandbox(t);
    const old = await x.control.postAs({ from: 'bob_example', text: '@sipweet old' });
    for (let n = 0; n < 120; n += 1) await x.control.postAs({ from: 'bob_example', text: `@sipweet ${n}` });
    const first = await mentions(x, { sinceId: old.id });
    const second = await mentions(x, { sinceId: old.id, pageToken: first.nextToken! });
    assert.deepEqual([first.posts.length, second.posts.length, second.nextToken], [100, 20, undefined]);
    assert.equal(second.posts.at(-1)?.text, '@sipweet 0');
  });

  test('an empty list is an empty page', async (t) => {
    assert.deepEqual(await mentions(await sandbox(t)), { posts: [], nextToken: undefined });
  });

  for (const naming of ['tweet', 'post'] as const) {
    test(`an edited post keeps its first id, a repost is not listed; X's names are those of "${naming}"`, async (t) => {
      const x = await sandbox(t);
      await x.control.setNaming(naming);
      const original = await x.control.postAs({ from: 'bob_example', text: '@sipweet call alic' });
      const edited = await x.control.editPost(original.id, '@sipweet call alice');
      await x.control.repostAs({ from: 'carol_example', repostsId: edited.id });
      const { posts } = await mentions(x);
      assert.deepEqual(posts.map(({ id, firstId, text, isRepost }) => [id, firstId, text, isRepost]), [
        [edited.id, original.id, '@sipweet call alice', false],
      ]);
    });
  }

  test('an account that X does not know is a failure and not an empty list', async (t) => {
    const client = await canned(t, 200, { errors: [{ title: 'Not Found Error', type: 'https://api.x.com/2/problems/resource-not-found' }] });
    await assert.rejects(client.mentions({ userId: '1' }), { class: 'unavailable' });
  });

  test('ids that are none never get into a path', async (t) => {
    const x = await sandbox(t);
    for (const userId of ['', '../me', '1?x']) await assert.rejects(x.client().mentions({ userId }), { class: 'invalid' });
    await assert.rejects(x.client().mentions({ userId: BOT, sinceId: 'x' }), { class: 'invalid' });
    assert.deepEqual(await x.control.requests(), []);
  });
});

describe('directMessages', () => {
  test('are those of all conversations without our own, with sender and handle; the span counts ours too', async (t) => {
    const x = await sandbox(t);
    const first = await x.control.sendAs({ from: 'sipweet', to: 'bob_example', text: 'ours' });
    const second = await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'call back' });
    await x.control.sendAs({ from: 'bob_example', to: 'carol_example', text: 'not for us' });
    const last = await x.control.sendAs({ from: 'sipweet', to: 'carol_example', text: 'ours again' });
    const page = await x.client().directMessages({});
    assert.deepEqual(page.messages, [{ id: second.id, text: 'call back', senderId: BOB, senderName: 'bob_example', createdAtMs: x.clock.now() }]);
    assert.deepEqual(page.span, { newestId: last.id, oldestId: first.id });
  });

  test('follow by page', async (t) => {
    const x = await sandbox(t);
    for (let n = 0; n < 30; n += 1) await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: String(n) });
    const client = x.client();
    const first = await client.directMessages({});
    const second = await client.directMessages({ pageToken: first.nextToken! });
    assert.deepEqual([...first.messages, ...second.messages].map(({ text }) => Number(text)), Array.from({ length: 30 }, (_, n) => 29 - n));
    assert.equal(second.nextToken, undefined);
  });
});

describe('reply', () => {
  test('stands under the post of whoever named us', async (t) => {
    const x = await sandbox(t);
    const post = await x.control.postAs({ from: 'bob_example', text: '@sipweet call alice' });
    const { postId } = await x.client().reply({ text: 'Calling Alice (k3f)', toPostId: post.id });
    const reply = (await x.control.posts()).find(({ id }) => id === postId);
    assert.deepEqual([reply?.text, reply?.replyToId], ['Calling Alice (k3f)', post.id]);
  });

  test('to a post that did not name us is refused', async (t) => {
    const x = await sandbox(t);
    const post = await x.control.postAs({ from: 'bob_example', text: 'nothing about you' });
    await assert.rejects(x.client().reply({ text: 'Hello', toPostId: post.id }), (thrown) => {
      assert.ok(thrown instanceof XFailure);
      assert.deepEqual([thrown.class, thrown.isDuplicate], ['refused', false]);
      return /not been mentioned/.test(thrown.reason);
    });
  });

  test('with the same text again is refused as a duplicate', async (t) => {
    const x = await sandbox(t);
    const post = await x.control.postAs({ from: 'bob_example', text: '@sipweet call alice' });
    await x.client().reply({ text: 'Calling Alice', toPostId: post.id });
    await assert.rejects(x.client().reply({ text: 'Calling Alice', toPostId: post.id }), { class: 'refused', isDuplicate: true });
  });

  test('the duplicate of version 1.1 is one too', async (t) => {
    const client = await canned(t, 403, { errors: [{ code: 187, message: 'Status is a duplicate.' }] });
    await assert.rejects(client.reply({ text: 'x', toPostId: '1' }), { class: 'refused', isDuplicate: true });
  });

  test('of unknown outcome is uncertain; the duplicate of the second try tells that the first was taken', async (t) => {
    const x = await sandbox(t);
    const post = await x.control.postAs({ from: 'bob_example', text: '@sipweet call alice' });
    await x.control.fault({ kind: 'drop-after-accept', path: '/2/tweets' });
    await assert.rejects(x.client().reply({ text: 'Calling Alice', toPostId: post.id }), { class: 'uncertain' });
    await assert.rejects(x.client().reply({ text: 'Calling Alice', toPostId: post.id }), { isDuplicate: true });
  });

  test('an answer without an id is uncertain', async (t) => {
    const client = await canned(t, 201, { data: {} });
    await assert.rejects(client.reply({ text: 'x', toPostId: '1' }), { class: 'uncertain' });
  });

  test('without a text or to no post never goes out', async (t) => {
    const x = await sandbox(t);
    await assert.rejects(x.client().reply({ text: '', toPostId: '1' }), { class: 'invalid' });
    await assert.rejects(x.client().reply({ text: 'x', toPostId: 'x' }), { class: 'invalid' });
    assert.deepEqual(await x.control.requests(), []);
  });
});

describe('findUserById', () => {
  test('gives the handle of today, and undefined for nobody', async (t) => {
    const x = await sandbox(t, { autoCreateUsers: false });
    await x.control.putUser({ username: 'bob_example' });
    await x.control.rename('bob_example', 'robert');
    assert.equal((await x.client().findUserById(BOB))?.username, 'robert');
    assert.equal(await x.client().findUserById('1'), undefined);
  });

  test('404 is nobody too', async (t) => {
    const client = await canned(t, 404, { title: 'Not Found Error', type: 'https://api.x.com/2/problems/resource-not-found' });
    assert.equal(await client.findUserById('1'), undefined);
  });
});

describe('spend', () => {
  test('is what the sandbox bills, except that our mentions are reckoned at the price of an app of somebody else', async (t) => {
    const x = await sandbox(t);
    const spend = new Map<string, number>();
    const client = x.client({ onSpend: (call, units) => spend.set(call, (spend.get(call) ?? 0) + units) });
    const post = await x.control.postAs({ from: 'bob_example', text: '@sipweet call alice' });
    await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'hello' });
    await client.me();
    for (let poll = 0; poll < 3; poll += 1) {
      await client.mentions({ userId: BOT });
      await client.directMessages({});
    }
    await client.findUserByName('bob_example');
    await client.sendDirectMessage({ recipientId: BOB, text: 'hello' });
    await client.reply({ text: 'Calling Alice', toPostId: post.id });
    await client.reply({ text: 'See https://example.com', toPostId: post.id });
    assert.deepEqual(Object.fromEntries(spend), {
      'user-read': 2,
      'mention-read': 1,
      'dm-read': 1,
      'dm-send': 1,
      reply: 1,
      'post-with-link': 1,
    });
    const { byPrice } = await x.control.spend();
    assert.deepEqual(Object.fromEntries(Object.entries(byPrice).map(([price, { count }]) => [price, count])), {
      'user-read': 2,
      'own-read': 1,
      'dm-read': 1,
      'dm-send': 1,
      'reply-summoned': 1,
      'post-create-with-url': 1,
    });
  });

  test('a write of unknown outcome counts, one that was refused does not', async (t) => {
    const x = await sandbox(t);
    const spend: string[] = [];
    const client = x.client({ onSpend: (call) => spend.push(call) });
    await x.control.fault({ kind: 'forbidden', detail: 'no' });
    await assert.rejects(client.sendDirectMessage({ recipientId: BOB, text: 'x' }), { class: 'refused' });
    assert.deepEqual(spend, []);
    await x.control.fault({ kind: 'drop-after-accept' });
    await assert.rejects(client.sendDirectMessage({ recipientId: BOB, text: 'x' }), { class: 'uncertain' });
    assert.deepEqual(spend, ['dm-send']);
  });
});
