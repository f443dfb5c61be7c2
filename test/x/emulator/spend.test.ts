import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { Spend } from '../../../src/x/emulator/spend.ts';
import { bearerRequest, leap, sandbox, signedRequest } from '../sandbox.ts';

test('a thing that is read twice on one UTC day is billed once, and again the next day', () => {
  const clock = new VirtualClock(Date.UTC(2026, 7, 1, 23, 59));
  const spend = new Spend(clock);
  const read = () => spend.book('GET /x', [{ price: 'dm-read', resource: '1' }]);
  assert.deepEqual([read(), read()], [10_000, 0]);
  leap(clock, 60_000);
  assert.equal(read(), 10_000);
  assert.deepEqual(spend.report().byPrice, { 'dm-read': { count: 2, microUsd: 20_000 } });
});

test('writes are billed each time, endpoints count their calls', () => {
  const spend = new Spend(new VirtualClock());
  for (let n = 0; n < 2; n += 1) spend.book('POST /y', [{ price: 'dm-send' }]);
  spend.book('GET /x', []);
  assert.deepEqual(spend.report(), {
    totalMicroUsd: 30_000,
    byPrice: { 'dm-send': { count: 2, microUsd: 30_000 } },
    byEndpoint: { 'POST /y': { calls: 2, microUsd: 30_000 }, 'GET /x': { calls: 1, microUsd: 0 } },
    creditsMicroUsd: null,
  });
});

describe('over HTTP', () => {
  const post = (text: string, more: object = {}) => ({ method: 'POST', target: '/2/tweets', body: JSON.stringify({ text, ...more }) });

  test('each request is recorded with what it would have cost, who sent it and how', async (t) => {
    const x = await sandbox(t);
    const summons = await x.control.postAs({ from: 'ann', text: '@sipweet hi' });
    const bob = await x.control.putUser({ username: 'bob' });
    await x.control.sendAs({ from: 'bob', text: 'one' });
    const { botId } = await x.control.about();
    await signedRequest(x.apiUrl, { target: '/2/users/me' });
    await signedRequest(x.apiUrl, { target: '/2/dm_events' });
    await signedRequest(x.apiUrl, { target: '/2/dm_events' });
    await signedRequest(x.apiUrl, { target: `/2/users/${botId}/mentions` });
    await signedRequest(x.apiUrl, { method: 'POST', target: `/2/dm_conversations/with/${bob.id}/messages`, body: '{"text":"hi"}' });
    await signedRequest(x.apiUrl, post('plain'));
    await signedRequest(x.apiUrl, post('see https://example.com'));
    await signedRequest(x.apiUrl, post('answer', { reply: { in_reply_to_tweet_id: summons.id } }));
    const { access_token: token } = await x.control.issueTokens('bob', 'tweet.read users.read');
    await bearerRequest(x.apiUrl, { token, target: '/2/users/me' });
    assert.deepEqual(
      (await x.control.requests()).map(({ auth, user, costMicroUsd }) => [auth, user, costMicroUsd]),
      [10_000, 10_000, 0, 1_000, 15_000, 15_000, 200_000, 10_000].map((cost) => ['oauth1', 'sipweet', cost] as unknown[]).concat([['oauth2', 'bob', 10_000]]),
    );
    assert.equal((await x.control.spend()).totalMicroUsd, 271_000);
  });

  test('a refusal costs nothing, an answer that is lost after the deed costs all the same', async (t) => {
    const x = await sandbox(t);
    await signedRequest(x.apiUrl, post('twice'));
    assert.equal((await signedRequest(x.apiUrl, post('twice'))).status, 403);
    await x.control.fault({ kind: 'drop-after-accept' });
    await assert.rejects(signedRequest(x.apiUrl, post('lost')));
    assert.equal((await x.control.spend()).totalMicroUsd, 30_000);
  });

  test('without credits everything is 402 and nothing is done', async (t) => {
    const x = await sandbox(t);
    await x.control.setCredits(15_000);
    assert.equal((await signedRequest(x.apiUrl, post('one'))).status, 201);
    const refused = await signedRequest(x.apiUrl, post('two'));
    assert.equal(refused.status, 402);
    assert.match(refused.text, /CreditsDepleted/);
    assert.deepEqual((await x.control.posts()).map(({ text }) => text), ['one']);
    await x.control.setCredits(null);
    assert.equal((await signedRequest(x.apiUrl, post('three'))).status, 201);
  });
});
