import assert from 'node:assert/strict';
import test from 'node:test';
import { sandbox, signedRequest, type RawAnswer, type Sandbox } from '../../sandbox.ts';

function post(x: Sandbox, body: object): Promise<RawAnswer> {
  return signedRequest(x.apiUrl, { method: 'POST', target: '/2/tweets', body: JSON.stringify(body) });
}

test('a post is 201, and the same text again 403', async (t) => {
  const x = await sandbox(t);
  const first = await post(x, { text: 'Hello ☎' });
  const [stored] = await x.control.posts();
  assert.equal(first.status, 201);
  assert.deepEqual(first.json, { data: { id: stored?.id, text: 'Hello ☎', edit_history_tweet_ids: [stored?.id] } });
  const second = await post(x, { text: 'Hello ☎' });
  assert.equal(second.status, 403);
  assert.match(second.text, /duplicate content/);
});

test('280 characters are a post, 281 are not', async (t) => {
  const x = await sandbox(t);
  assert.equal((await post(x, { text: '🦊'.repeat(280) })).status, 201);
  assert.equal((await post(x, { text: 'x'.repeat(281) })).status, 400);
});

test('a reply is allowed to a post that mentions us, or to our own; to any other it is 403', async (t) => {
  const x = await sandbox(t);
  const plain = await x.control.postAs({ from: 'ann', text: 'hello world, says @sipweet_fan' });
  const summons = await x.control.postAs({ from: 'ann', text: 'hey @SipWeet: wake me' });
  const reply = (id: string, text: string) => post(x, { text, reply: { in_reply_to_tweet_id: id } });
  const refused = await reply(plain.id, 'a');
  assert.equal(refused.status, 403);
  assert.match(refused.text, /have not been mentioned/);
  const allowed = await reply(summons.id, 'b');
  assert.equal(allowed.status, 201);
  const own = (await x.control.posts()).at(-1)!;
  assert.equal(own.conversationId, summons.id);
  assert.equal((await reply(own.id, 'c')).status, 201);
});

test('unknown fields and wrong ids are 400', async (t) => {
  const x = await sandbox(t);
  for (const body of [{}, { text: 'x', colour: 1 }, { text: 'x', reply: {} }, { text: 'x', quote_tweet_id: 'y' }]) {
    assert.equal((await post(x, body)).status, 400, JSON.stringify(body));
  }
});

test('a post that quotes us summons, one that quotes another does not', async (t) => {
  const x = await sandbox(t);
  await post(x, { text: 'ours' });
  const own = (await x.control.posts())[0]!;
  const other = await x.control.postAs({ from: 'ann', text: 'theirs' });
  const summons = await x.control.postAs({ from: 'bob', text: 'look', quotesId: own.id });
  const plain = await x.control.postAs({ from: 'bob', text: 'look there', quotesId: other.id });
  const reply = (id: string, text: string) => post(x, { text, reply: { in_reply_to_tweet_id: id } });
  assert.equal((await reply(summons.id, 'a')).status, 201);
  assert.equal((await reply(plain.id, 'b')).status, 403);
});

test('a reply to what was deleted is 403, with a sentence of its own', async (t) => {
  const x = await sandbox(t);
  const summons = await x.control.postAs({ from: 'ann', text: '@sipweet hi' });
  await x.control.deletePost(summons.id);
  const answer = await post(x, { text: 'a', reply: { in_reply_to_tweet_id: summons.id } });
  assert.equal(answer.status, 403);
  assert.match(answer.text, /deleted or not visible/);
});

test('the new names of X are read always, and written when the sandbox is told to', async (t) => {
  const x = await sandbox(t);
  const summons = await x.control.postAs({ from: 'ann', text: '@sipweet hi' });
  await x.control.setNaming('post');
  const answer = await post(x, { text: 'a', reply: { in_reply_to_post_id: summons.id } });
  const own = (await x.control.posts()).at(-1)!;
  assert.deepEqual(answer.json, { data: { id: own.id, text: 'a', edit_history_post_ids: [own.id] } });
  assert.equal(own.replyToId, summons.id);
});
