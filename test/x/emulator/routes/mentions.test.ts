import assert from 'node:assert/strict';
import test from 'node:test';
import { accountIdOf } from '../../../../src/x/emulator/snowflake.ts';
import { sandbox, signedRequest, type Sandbox } from '../../sandbox.ts';

const BOT = accountIdOf('sipweet');

interface Page {
  readonly data?: Record<string, unknown>[];
  readonly includes?: { readonly users: Record<string, unknown>[] };
  readonly meta: Record<string, unknown>;
}

async function mentions(x: Sandbox, query = ''): Promise<Page> {
  return (await signedRequest(x.apiUrl, { target: `/2/users/${BOT}/mentions${query}` })).json as Page;
}

test('posts that name the account are listed, newest first, with their ends in meta', async (t) => {
  const x = await sandbox(t);
  const first = await x.control.postAs({ from: 'ann', text: '@sipweet one' });
  await x.control.postAs({ from: 'ann', text: 'mail@sipweet and @sipweetx are others' });
  const second = await x.control.postAs({ from: 'bob', text: 'two (@SIPWEET)' });
  assert.deepEqual(await mentions(x), {
    data: [
      { id: second.id, text: 'two (@SIPWEET)', edit_history_tweet_ids: [second.id] },
      { id: first.id, text: '@sipweet one', edit_history_tweet_ids: [first.id] },
    ],
    meta: { result_count: 2, newest_id: second.id, oldest_id: first.id },
  });
});

test('an empty page has neither data nor newest_id', async (t) => {
  assert.deepEqual(await mentions(await sandbox(t)), { meta: { result_count: 0 } });
});

test('since_id leaves out what is not newer', async (t) => {
  const x = await sandbox(t);
  const old = await x.control.postAs({ from: 'ann', text: '@sipweet old' });
  const fresh = await x.control.postAs({ from: 'ann', text: '@sipweet new' });
  assert.deepEqual((await mentions(x, `?since_id=${old.id}`)).data?.map(({ id }) => id), [fresh.id]);
  assert.deepEqual(await mentions(x, `?since_id=${fresh.id}`), { meta: { result_count: 0 } });
});

test('fields are taken under their old and their new parameter name, authors as an expansion', async (t) => {
  const x = await sandbox(t);
  await x.control.postAs({ from: 'ann', text: '☎ @sipweet' });
  for (const name of ['tweet.fields', 'post.fields']) {
    const page = await mentions(x, `?${name}=author_id,entities&expansions=author_id`);
    assert.equal(page.data?.[0]?.['author_id'], accountIdOf('ann'));
    assert.deepEqual(page.data?.[0]?.['entities'], { mentions: [{ start: 2, end: 10, username: 'sipweet', id: BOT }] });
    assert.deepEqual(page.includes?.users, [{ id: accountIdOf('ann'), name: 'ann', username: 'ann' }]);
  }
});

test('a page has 5 to 100 posts, by default 10', async (t) => {
  const x = await sandbox(t);
  for (let n = 0; n < 12; n += 1) await x.control.postAs({ from: 'ann', text: `@sipweet ${n}` });
  const first = await mentions(x);
  assert.equal(first.meta['result_count'], 10);
  const rest = await mentions(x, `?pagination_token=${String(first.meta['next_token'])}`);
  assert.deepEqual(rest.data?.map(({ text }) => text), ['@sipweet 1', '@sipweet 0']);
  for (const query of ['max_results=4', 'max_results=101', 'since_id=x', 'start_time=soon']) {
    assert.equal((await signedRequest(x.apiUrl, { target: `/2/users/${BOT}/mentions?${query}` })).status, 400, query);
  }
});

test('a late post comes below what a client has seen already, so that its since_id hides it', async (t) => {
  const x = await sandbox(t);
  const late = await x.control.postAs({ from: 'ann', text: '@sipweet late', indexDelayMs: 5000 });
  const held = await x.control.postAs({ from: 'ann', text: '@sipweet held', indexDelayMs: null });
  const seen = await x.control.postAs({ from: 'bob', text: '@sipweet seen' });
  const idsOf = async (query = '') => (await mentions(x, query)).data?.map(({ id }) => id);
  assert.deepEqual((await mentions(x)).meta, { result_count: 1, newest_id: seen.id, oldest_id: seen.id });
  x.clock.advance(5000);
  await x.control.indexPost(held.id);
  assert.deepEqual(await idsOf(), [seen.id, held.id, late.id]);
  assert.equal(await idsOf(`?since_id=${seen.id}`), undefined);
});

test('an edited post is listed once, under its newest id, with the first one in front of its history', async (t) => {
  const x = await sandbox(t);
  const first = await x.control.postAs({ from: 'ann', text: '@sipweet call @bob' });
  const second = await x.control.editPost(first.id, '@sipweet call @carol');
  assert.deepEqual((await mentions(x)).data, [{ id: second.id, text: '@sipweet call @carol', edit_history_tweet_ids: [first.id, second.id] }]);
  assert.equal((await mentions(x, `?since_id=${first.id}`)).meta['result_count'], 1);
});

test('an edit that takes the name out takes the post out of the list, as deleting does', async (t) => {
  const x = await sandbox(t);
  const edited = await x.control.postAs({ from: 'ann', text: '@sipweet a' });
  const deleted = await x.control.postAs({ from: 'ann', text: '@sipweet b' });
  await x.control.editPost(edited.id, 'never mind');
  await x.control.deletePost(deleted.id);
  assert.deepEqual(await mentions(x), { meta: { result_count: 0 } });
});

test('reposts repeat the text and say what they are; exclude leaves them or replies out', async (t) => {
  const x = await sandbox(t);
  const post = await x.control.postAs({ from: 'ann', text: '@sipweet call' });
  const repost = await x.control.repostAs({ from: 'bob', repostsId: post.id });
  const reply = await x.control.postAs({ from: 'bob', text: '@sipweet too', replyToId: post.id });
  const page = await mentions(x, '?tweet.fields=referenced_tweets,in_reply_to_user_id');
  assert.deepEqual(page.data?.map(({ text, referenced_tweets }) => [text, referenced_tweets]), [
    ['@sipweet too', [{ type: 'replied_to', id: post.id }]],
    ['RT @ann: @sipweet call', [{ type: 'retweeted', id: post.id }]],
    ['@sipweet call', undefined],
  ]);
  assert.equal(page.data?.[0]?.['in_reply_to_user_id'], accountIdOf('ann'));
  const idsOf = async (exclude: string) => (await mentions(x, `?exclude=${exclude}`)).data?.map(({ id }) => id);
  assert.deepEqual(await idsOf('retweets'), [reply.id, post.id]);
  assert.deepEqual(await idsOf('replies'), [repost.id, post.id]);
  assert.deepEqual(await idsOf('replies,retweets'), [post.id]);
});

test('the new names of X are written when the sandbox is told to, whichever were asked for', async (t) => {
  const x = await sandbox(t);
  const post = await x.control.postAs({ from: 'ann', text: '@sipweet a' });
  const reply = await x.control.postAs({ from: 'ann', text: '@sipweet b', replyToId: post.id });
  await x.control.setNaming('post');
  for (const asked of ['tweet.fields=referenced_tweets', 'post.fields=referenced_posts']) {
    assert.deepEqual((await mentions(x, `?${asked}`)).data?.[0], {
      id: reply.id,
      text: '@sipweet b',
      edit_history_post_ids: [reply.id],
      referenced_posts: [{ type: 'replied_to', id: post.id }],
    });
  }
});

test('a mention belongs to the account that had the handle, not to whoever takes it later', async (t) => {
  const x = await sandbox(t);
  await x.control.postAs({ from: 'ann', text: '@sipweet before' });
  await x.control.rename('sipweet', 'switchboard');
  await x.control.putUser({ username: 'sipweet' });
  await x.control.postAs({ from: 'ann', text: '@sipweet after' });
  assert.deepEqual((await mentions(x)).data?.map(({ text }) => text), ['@sipweet before']);
});
