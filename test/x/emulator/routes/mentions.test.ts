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
