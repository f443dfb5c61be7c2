import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { startEmulator } from '../../../src/x/emulator/server.ts';
import { accountIdOf } from '../../../src/x/emulator/snowflake.ts';
import { SANDBOX_BEARER, SANDBOX_KEYS } from '../../../src/x/emulator/sandbox-keys.ts';
import { bearerRequest, rawRequest, recordingLogger, sandbox, signedRequest } from '../sandbox.ts';

const UNAUTHORIZED = { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' };
const SEND = `/2/dm_conversations/with/${accountIdOf('bob')}/messages`;

describe('signatures over HTTP', () => {
  test('a right one gets through, and a replay of it does not', async (t) => {
    const x = await sandbox(t);
    const signing = { target: '/2/users/me', nonce: 'once', timestampMs: x.clock.now() };
    assert.equal((await signedRequest(x.apiUrl, signing)).status, 200);
    const replayed = await signedRequest(x.apiUrl, signing);
    assert.equal(replayed.status, 401);
    assert.deepEqual(replayed.json, UNAUTHORIZED);
    assert.equal(replayed.headers['content-type'], 'application/problem+json');
    assert.equal((await x.control.requests()).at(-1)?.why, 'nonce used before');
  });

  test('a request that signs for its own origin gets through too', async (t) => {
    const x = await sandbox(t);
    const host = new URL(x.apiUrl).host;
    assert.equal((await signedRequest(x.apiUrl, { target: '/2/users/me', host, origin: x.apiUrl })).status, 200);
  });

  test('wrong secret, old timestamp, changed query, no signature: 401, and nothing is done', async (t) => {
    const x = await sandbox(t);
    const body = '{"text":"x"}';
    const answers = [
      await signedRequest(x.apiUrl, { method: 'POST', target: SEND, body, keys: { ...SANDBOX_KEYS, appSecret: 'other' } }),
      await signedRequest(x.apiUrl, { method: 'POST', target: SEND, body, keys: { ...SANDBOX_KEYS, accessToken: 'other' } }),
      await signedRequest(x.apiUrl, { method: 'POST', target: SEND, body, timestampMs: x.clock.now() - 302_000 }),
      await signedRequest(x.apiUrl, { method: 'POST', target: `${SEND}?a=1`, sentTarget: `${SEND}?a=2`, body }),
      await rawRequest(x.apiUrl, { method: 'POST', target: SEND, body, headers: { 'content-type': 'application/json' } }),
    ];
    for (const answer of answers) assert.deepEqual(answer.json, UNAUTHORIZED);
    assert.deepEqual(
      (await x.control.requests()).map(({ why }) => why),
      ['wrong signature', 'unknown access token', 'timestamp too far off', 'wrong signature', 'no OAuth header, or a broken one'],
    );
    assert.deepEqual(await x.control.inbox('bob'), []);
  });

  test('the bearer token of the app is the wrong kind of login for what a user does, and an unknown one is none', async (t) => {
    const x = await sandbox(t);
    const asApp = await bearerRequest(x.apiUrl, { token: SANDBOX_BEARER, target: '/2/users/me' });
    assert.equal(asApp.status, 403);
    assert.deepEqual(asApp.json, {
      title: 'Unsupported Authentication',
      detail:
        'Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].',
      status: 403,
      type: 'https://api.x.com/2/problems/unsupported-authentication',
    });
    const unknown = await bearerRequest(x.apiUrl, { token: 'abc', target: '/2/users/me' });
    assert.deepEqual([unknown.status, unknown.json], [401, UNAUTHORIZED]);
  });
});

describe('requests that X would not take', () => {
  test('an unknown path is 404, a wrong method 405 with the right ones', async (t) => {
    const x = await sandbox(t);
    assert.equal((await signedRequest(x.apiUrl, { target: '/2/spaces' })).status, 404);
    const wrong = await signedRequest(x.apiUrl, { method: 'DELETE', target: '/2/users/me' });
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.allow, 'GET');
  });

  test('a body that is no JSON object, has an unknown field or no text is 400', async (t) => {
    const x = await sandbox(t);
    for (const body of ['', 'text=x', '[]', 'null', '{"text":"x"', '{"text":1}', '{"text":""}', '{}', '{"text":"x","to":1}']) {
      const answer = await signedRequest(x.apiUrl, { method: 'POST', target: SEND, body });
      assert.equal(answer.status, 400, body);
      assert.match(answer.text, /"title":"Invalid Request"/);
    }
    const plain = await signedRequest(x.apiUrl, { method: 'POST', target: SEND, body: '{"text":"x"}', headers: { 'content-type': 'text/plain' } });
    assert.equal(plain.status, 400);
    assert.deepEqual(await x.control.inbox('bob'), []);
  });

  test('a body above 64 KiB is 413', async (t) => {
    const x = await sandbox(t);
    const body = JSON.stringify({ text: 'x'.repeat(70_000) });
    assert.equal((await signedRequest(x.apiUrl, { method: 'POST', target: SEND, body })).status, 413);
  });

  test('an unknown query parameter is 400 and named', async (t) => {
    const x = await sandbox(t);
    const answer = await signedRequest(x.apiUrl, { target: '/2/users/me?user_fields=id' });
    assert.equal(answer.status, 400);
    assert.match(answer.text, /user_fields/);
  });
});

describe('answers', () => {
  test('carry the rate-limit headers of their route, on a refusal too', async (t) => {
    const x = await sandbox(t);
    const first = await signedRequest(x.apiUrl, { target: '/2/users/me' });
    assert.equal(first.headers['x-rate-limit-limit'], '75');
    assert.equal(first.headers['x-rate-limit-remaining'], '74');
    const bad = await signedRequest(x.apiUrl, { target: '/2/users/me?x=1' });
    assert.equal(bad.headers['x-rate-limit-remaining'], '73');
    x.clock.advance(900_000);
    const signing = { target: '/2/users/me', timestampMs: x.clock.now() };
    assert.equal((await signedRequest(x.apiUrl, signing)).headers['x-rate-limit-remaining'], '74');
  });

  test('to a message is 201 with the ids of X, and a conversation id of both accounts', async (t) => {
    const x = await sandbox(t);
    const { status, json } = await signedRequest(x.apiUrl, { method: 'POST', target: SEND, body: '{"text":"hi"}' });
    assert.equal(status, 201);
    const [bot, bob] = [accountIdOf('sipweet'), accountIdOf('bob')];
    const conversation = BigInt(bot) < BigInt(bob) ? `${bot}-${bob}` : `${bob}-${bot}`;
    const [message] = await x.control.inbox('bob');
    assert.deepEqual(json, { data: { dm_conversation_id: conversation, dm_event_id: message?.id } });
    const second = await signedRequest(x.apiUrl, { method: 'POST', target: `/2/dm_conversations/${conversation}/messages`, body: '{"text":"again"}' });
    assert.equal(second.status, 201);
    assert.equal((await x.control.inbox('bob')).length, 2);
  });

  test('to a conversation of others is 403', async (t) => {
    const x = await sandbox(t);
    const answer = await signedRequest(x.apiUrl, { method: 'POST', target: '/2/dm_conversations/1-2/messages', body: '{"text":"x"}' });
    assert.equal(answer.status, 403);
  });
});

describe('the sandbox itself', () => {
  test('a port that is taken is listen.in-use, and the other one is let go', async (t) => {
    const x = await sandbox(t);
    const taken = Number(new URL(x.controlUrl).port);
    const free = await startEmulator({ clock: new VirtualClock(), logger: silentLogger, apiPort: 0, controlPort: 0 });
    const apiPort = Number(new URL(free.apiUrl).port);
    await free.close();
    const start = (controlPort: number) => startEmulator({ clock: new VirtualClock(), logger: silentLogger, apiPort, controlPort });
    await assert.rejects(start(taken), (thrown) => thrown instanceof AppError && thrown.code === 'listen.in-use' && thrown.message.includes(String(taken)));
    const again = await start(0);
    await again.close();
  });

  test('close() cuts a request that hangs', async (t) => {
    const x = await sandbox(t);
    await x.control.fault({ kind: 'hang' });
    const hanging = signedRequest(x.apiUrl, { target: '/2/users/me' }).catch((thrown: NodeJS.ErrnoException) => thrown.code);
    while ((await x.control.requests()).length === 0);
    await x.close();
    assert.equal(await hanging, 'ECONNRESET');
  });

  test('its log lines and recorded requests hold no Authorization header', async (t) => {
    const { logger, lines } = recordingLogger();
    const x = await sandbox(t, { logger });
    await x.client().me();
    assert.ok(lines.length > 0);
    const recorded = JSON.stringify(await x.control.requests());
    assert.match(recorded, /users\/me/);
    assert.doesNotMatch(lines.join('\n') + recorded, /oauth_|authorization/i);
  });

  test('remembers the last 5000 requests', async (t) => {
    const x = await sandbox(t);
    for (let n = 0; n < 5001; n += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, k) => rawRequest(x.apiUrl, { target: `/none/${n + k}` })));
    }
    const requests = await x.control.requests();
    assert.equal(requests.length, 5000);
    assert.ok(!requests.some(({ target }) => target === '/none/0'));
  });
});
