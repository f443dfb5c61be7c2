import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { ControlClient } from '../../../src/x/emulator/control-client.ts';
import { XFailure, type XFailureClass } from '../../../src/x/port.ts';
import { rawRequest, sandbox } from '../sandbox.ts';

const failsAs = (expected: XFailureClass) => (thrown: unknown) => thrown instanceof XFailure && thrown.class === expected;

describe('playing users', () => {
  test('a message between two people is in the inbox of the one and not of the other', async (t) => {
    const { control, clock } = await sandbox(t);
    const sent = await control.sendAs({ from: 'ann', to: 'bob', text: 'hello' });
    assert.deepEqual(await control.inbox('bob'), [{ ...sent, from: 'ann', to: 'bob', text: 'hello', createdAtMs: clock.now() }]);
    assert.deepEqual(await control.inbox('ann'), []);
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
    const form = { 'content-type': 'text/plain' };
    assert.equal((await rawRequest(x.controlUrl, { method: 'POST', target: '/messages', headers: form, body })).status, 400);
    assert.deepEqual(await x.control.inbox('bob'), []);
  });

  test('answers 404 and 405', async (t) => {
    const x = await sandbox(t);
    assert.equal((await rawRequest(x.controlUrl, { target: '/none' })).status, 404);
    assert.equal((await rawRequest(x.controlUrl, { method: 'DELETE', target: '/users' })).status, 405);
  });

  test('shows a page of inboxes in which nothing of a user is markup', async (t) => {
    const x = await sandbox(t);
    await x.control.putUser({ username: 'bob', name: '<b onclick="x">&\'' });
    await x.control.sendAs({ from: 'ann', to: 'bob', text: '<script>alert(1)</script>' });
    await signedNonsense(x.apiUrl);
    const { status, headers, text } = await rawRequest(x.controlUrl, { target: '/' });
    assert.equal(status, 200);
    assert.match(headers['content-security-policy'] as string, /default-src 'none'/);
    assert.match(text, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
    assert.match(text, /&lt;b onclick=&quot;x&quot;&gt;&amp;&#39;/);
    assert.doesNotMatch(text, /<script|<b onclick|<img/);
  });

  test('nobody there is unavailable, by name', async (t) => {
    const x = await sandbox(t);
    await x.close();
    await assert.rejects(new ControlClient(x.controlUrl).users(), (thrown) => failsAs('unavailable')(thrown) && String(thrown).includes(x.controlUrl));
  });
});

/** A request whose path would be markup if the page did not escape it. */
function signedNonsense(apiUrl: string): Promise<unknown> {
  return rawRequest(apiUrl, { target: '/<img>' });
}
