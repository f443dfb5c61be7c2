import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { ControlClient } from '../../../src/x/emulator/control-client.ts';
import { XFailure, type XFailureClass } from '../../../src/x/port.ts';
import { rawRequest, sandbox, signedRequest } from '../sandbox.ts';

const failsAs = (expected: XFailureClass) => (thrown: unknown) => thrown instanceof XFailure && thrown.class === expected;

describe('playing users', () => {
  test('a message between two people is in the inbox of the one and not of the other', async (t) => {
    const { control, clock } = await sandbox(t);
    const sent = await control.sendAs({ from: 'ann', to: 'bob', text: 'hello' });
    assert.deepEqual(await control.inbox('bob'), [{ ...sent, from: 'ann', to: 'bob', text: 'hello', createdAtMs: clock.now() }]);
    assert.deepEqual(await control.inbox('ann'), []);
  });

  test('the messages behind one, of everybody, oldest first; a mark that is no number is refused', async (t) => {
    const { control } = await sandbox(t);
    const [first, ...later] = [
      await control.sendAs({ from: 'ann', to: 'bob', text: 'one' }),
      await control.sendAs({ from: 'bob', to: 'ann', text: 'two' }),
      await control.sendAs({ from: 'ann', to: 'carol', text: 'three' }),
    ];
    assert.deepEqual((await control.messagesAfter(first!.id)).map(({ id, text }) => [id, text]), [[later[0]!.id, 'two'], [later[1]!.id, 'three']]);
    assert.deepEqual(await control.messagesAfter(later[1]!.id), []);
    assert.deepEqual(await control.messagesAfter('0'), await control.messages());
    await assert.rejects(control.messagesAfter('first'), failsAs('invalid'));
  });

  test('the inbox of an account that nobody has seen yet is empty, or unknown without autoCreateUsers', async (t) => {
    assert.deepEqual(await (await sandbox(t)).control.inbox('bob'), []);
    await assert.rejects((await sandbox(t, { autoCreateUsers: false })).control.inbox('bob'), failsAs('invalid'));
  });

  test('closed messages hold for people too', async (t) => {
    const { control } = await sandbox(t);
    await control.putUser({ username: 'bob', name: 'Bob B.', acceptsDms: false });
    await assert.rejects(control.sendAs({ from: 'ann', to: 'bob', text: 'x' }), failsAs('refused'));
    assert.deepEqual(
      (await control.users()).map(({ username, name, acceptsDms }) => [username, name, acceptsDms]),
      [['sipweet', 'sipweet', true], ['bob', 'Bob B.', false], ['ann', 'ann', true]],
    );
  });

  test('posts are kept', async (t) => {
    const { control } = await sandbox(t);
    const post = await control.postAs({ from: 'ann', text: '@sipweet wake me' });
    assert.deepEqual(await control.posts(), [post]);
  });

  test('what makes no sense is refused', async (t) => {
    const { control } = await sandbox(t);
    await assert.rejects(control.putUser({ username: '@bob' }), failsAs('invalid'));
    await assert.rejects(control.inbox('../users'), failsAs('invalid'));
    await assert.rejects(control.sendAs({ from: 'ann', to: 'bob', text: '' }), failsAs('invalid'));
    await assert.rejects(control.fault({ kind: 'flood' as 'hang' }), failsAs('invalid'));
    await assert.rejects(control.fault({ kind: 'hang', times: 0 }), failsAs('invalid'));
    await assert.rejects(control.fault({ kind: 'server-error', status: 200 }), failsAs('invalid'));
    await assert.rejects(control.fault({ kind: 'slow', delayMs: 0 }), failsAs('invalid'));
    await assert.rejects(control.postAs({ from: 'ann', text: 'x', replyToId: '12' }), failsAs('invalid'));
    await assert.rejects(control.postAs({ from: 'ann', text: 'x', indexDelayMs: -1 }), failsAs('invalid'));
    await assert.rejects(control.rename('ann', '@bob'), failsAs('invalid'));
    await assert.rejects(control.changeLimits({ 'dm-send': { user15Min: -1 } }), failsAs('invalid'));
    await assert.rejects(control.setLimitSpeed(0), failsAs('invalid'));
    await assert.rejects(control.issueTokens('ann', 'everything'), failsAs('invalid'));
    await assert.rejects(control.actOnStream('filtered_stream', 'burn' as 'cut'), failsAs('invalid'));
  });
});

describe('faults', () => {
  test('strike as often as told, only where they match, the oldest first', async (t) => {
    const { control, client } = await sandbox(t);
    await control.fault({ kind: 'forbidden', path: '/2/tweets' });
    await control.fault({ kind: 'payment-required', times: 2, method: 'GET' });
    await control.fault({ kind: 'unauthorized' });
    const x = client();
    await assert.rejects(x.me(), failsAs('payment'));
    assert.deepEqual(
      (await control.faults()).map(({ kind, times }) => [kind, times]),
      [['forbidden', 1], ['payment-required', 1], ['unauthorized', 1]],
    );
    await assert.rejects(x.me(), failsAs('payment'));
    await assert.rejects(x.me(), failsAs('unauthorized'));
    await x.me();
    await control.clearFaults();
    assert.deepEqual(await control.faults(), []);
  });

  test('slow: done at once, answered after its time', async (t) => {
    const x = await sandbox(t);
    await x.control.fault({ kind: 'slow', delayMs: 500, method: 'POST' });
    const { id } = (await x.control.putUser({ username: 'bob' }));
    const sending = signedRequest(x.apiUrl, { method: 'POST', target: `/2/dm_conversations/with/${id}/messages`, body: '{"text":"late"}' });
    let isAnswered = false;
    void sending.then(() => (isAnswered = true));
    while ((await x.control.requests()).length === 0);
    assert.equal((await x.control.inbox('bob')).length, 1);
    x.clock.advance(499);
    await x.control.about();
    assert.equal(isAnswered, false);
    x.clock.advance(1);
    assert.equal((await sending).status, 201);
  });

  test('usage-capped: 429 with calls left in every bucket', async (t) => {
    const { control, client } = await sandbox(t);
    await control.fault({ kind: 'usage-capped' });
    await assert.rejects(client().me(), failsAs('payment'));
  });

  test('changed limits hold from the next call on', async (t) => {
    const { control, client } = await sandbox(t);
    await client().me();
    await control.changeLimits({ me: { user15Min: 1 } });
    await assert.rejects(client().me(), failsAs('rate-limited'));
  });

  test('a hundred may wait, one more is refused', async (t) => {
    const { control } = await sandbox(t);
    for (let n = 0; n < 100; n += 1) await control.fault({ kind: 'hang' });
    await assert.rejects(control.fault({ kind: 'hang' }), failsAs('invalid'));
  });

  test('limits can be switched off', async (t) => {
    const { control, client } = await sandbox(t, { limitsEnabled: true });
    await control.setLimits(false);
    const { id } = (await client().findUserByName('bob'))!;
    for (let n = 0; n < 20; n += 1) await client().sendDirectMessage({ recipientId: id, text: String(n) });
    assert.equal((await control.inbox('bob')).length, 20);
  });
});

describe('the control port', () => {
  test('is not the X API: a client that lands there is told so', async (t) => {
    const x = await sandbox(t);
    await assert.rejects(x.client({ apiBase: x.controlUrl }).me(), failsAs('invalid'));
    const answer = await rawRequest(x.controlUrl, { target: '/users', headers: { host: 'api.x.com' } });
    assert.equal(answer.status, 421);
  });

  test('takes nothing from a web page: foreign host names and forms are refused', async (t) => {
    const x = await sandbox(t);
    const body = '{"from":"ann","to":"bob","text":"x"}';
    const rebound = { host: 'evil.example', 'content-type': 'application/json' };
    assert.equal((await rawRequest(x.controlUrl, { method: 'POST', target: '/messages', headers: rebound, body })).status, 421);
    const ownHost = new URL(x.controlUrl).host;
    for (const more of [{ origin: 'https://evil.example' }, { origin: 'null' }, { origin: `http://localhost:1` }, { 'sec-fetch-site': 'cross-site' }]) {
      const crossing = { host: ownHost, 'content-type': 'application/json', ...more };
      assert.equal((await rawRequest(x.controlUrl, { method: 'POST', target: '/messages', headers: crossing, body })).status, 403, JSON.stringify(more));
    }
    const form = { 'content-type': 'text/plain' };
    assert.equal((await rawRequest(x.controlUrl, { method: 'POST', target: '/messages', headers: form, body })).status, 400);
    assert.deepEqual(await x.control.inbox('bob'), []);
  });

  test('answers 404 and 405', async (t) => {
    const x = await sandbox(t);
    assert.equal((await rawRequest(x.controlUrl, { target: '/none' })).status, 404);
    assert.equal((await rawRequest(x.controlUrl, { method: 'DELETE', target: '/users' })).status, 405);
  });

  test('nobody there is unavailable, by name', async (t) => {
    const x = await sandbox(t);
    await x.close();
    await assert.rejects(new ControlClient(x.controlUrl).users(), (thrown) => failsAs('unavailable')(thrown) && String(thrown).includes(x.controlUrl));
  });
});

describe('following', () => {
  test('yields at the start and at each change, and ends with the sandbox', async (t) => {
    const x = await sandbox(t);
    const changes = x.control.changes();
    await changes.next();
    await x.control.sendAs({ from: 'ann', to: 'bob', text: 'x' });
    assert.equal((await changes.next()).done, false);
    await x.close();
    assert.equal((await changes.next()).done, true);
    await assert.rejects(x.control.changes().next(), failsAs('unavailable'));
  });

  test('ends with its signal', async (t) => {
    const x = await sandbox(t);
    const stop = new AbortController();
    const changes = x.control.changes(stop.signal);
    await changes.next();
    stop.abort();
    assert.equal((await changes.next()).done, true);
  });

  test('32 may follow, one more may not', async (t) => {
    const x = await sandbox(t);
    const stop = new AbortController();
    for (let n = 0; n < 32; n += 1) await x.control.changes(stop.signal).next();
    await assert.rejects(x.control.changes().next(), failsAs('unavailable'));
    stop.abort();
  });
});
