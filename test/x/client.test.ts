import assert from 'node:assert/strict';
import net from 'node:net';
import test, { describe } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AppError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { XClient } from '../../src/x/client.ts';
import { accountIdOf } from '../../src/x/emulator/snowflake.ts';
import { DOCUMENTED_LIMITS } from '../../src/x/emulator/rate-limits.ts';
import { SANDBOX_KEYS } from '../../src/x/emulator/sandbox-keys.ts';
import { XFailure, type XFailureClass } from '../../src/x/port.ts';
import { cannedServer, recordingLogger, sandbox } from './sandbox.ts';

const BOB = accountIdOf('bob_example');
const TIMEOUT_MS = 300;

async function failure(promise: Promise<unknown>, expected: XFailureClass): Promise<XFailure> {
  const thrown: unknown = await promise.then(
    (value) => assert.fail(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof XFailure, String(thrown));
  assert.equal(thrown.class, expected, thrown.reason);
  assert.equal(thrown.cause, undefined);
  return thrown;
}

describe('what succeeds', () => {
  test('a message arrives in the inbox byte for byte, and its ids are strings', async (t) => {
    const x = await sandbox(t);
    const text = 'Missed call from "Ann" <sip:ann@example.com> ☎ 50 % & more+more\nünïcödé 🦊';
    const user = await x.client().findUserByName('bob_example');
    assert.deepEqual(user, { id: BOB, username: 'bob_example', name: 'bob_example', receivesYourDm: true });
    const sent = await x.client().sendDirectMessage({ recipientId: BOB, text });
    const inbox = await x.control.inbox('bob_example');
    assert.deepEqual(
      inbox.map((message) => [message.id, message.conversationId, message.from, message.text]),
      [[sent.eventId, sent.conversationId, 'sipweet', text]],
    );
    assert.match(sent.eventId, /^[0-9]{18,19}$/);
  });

  test('me() is the account of the keys', async (t) => {
    const x = await sandbox(t, { botUsername: 'switchboard' });
    assert.deepEqual(await x.client().me(), { id: accountIdOf('switchboard'), username: 'switchboard', name: 'switchboard' });
  });

  test('keys with characters that percent-encoding changes are signed and verified alike', async (t) => {
    const keys = { appKey: 'k+/&~!', appSecret: 's+/&~!*\'()', accessToken: '42-t=%', accessSecret: 'ü+/&~! x' };
    const x = await sandbox(t, { keys });
    assert.equal((await x.client().me()).username, 'sipweet');
  });

  test('the sandbox may be named instead of numbered', async (t) => {
    const x = await sandbox(t);
    const apiBase = x.apiUrl.replace('127.0.0.1', 'localhost');
    assert.equal((await x.client({ apiBase }).me()).username, 'sipweet');
  });

  test('a handle that nobody has is undefined', async (t) => {
    const x = await sandbox(t, { autoCreateUsers: false });
    assert.equal(await x.client().findUserByName('nobody'), undefined);
  });

  test('a closed account says so before anything is sent', async (t) => {
    const x = await sandbox(t);
    await x.control.putUser({ username: 'bob_example', acceptsDms: false });
    assert.equal((await x.client().findUserByName('Bob_Example'))?.receivesYourDm, false);
  });
});

describe('findDirectMessages', () => {
  test('gives both sides of one conversation only, newest first, down to sinceMs', async (t) => {
    const x = await sandbox(t);
    await x.control.sendAs({ from: 'sipweet', to: 'bob_example', text: 'too old' });
    x.clock.advance(1000);
    const sinceMs = x.clock.now();
    await x.control.sendAs({ from: 'sipweet', to: 'bob_example', text: 'one' });
    await x.control.sendAs({ from: 'ann_example', to: 'sipweet', text: 'another conversation' });
    x.clock.advance(1);
    const two = await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'two' });
    const found = await x.client().findDirectMessages({ participantId: BOB, sinceMs, limit: 50 });
    assert.deepEqual(
      found.map(({ text, senderId, createdAtMs }) => [text, senderId, createdAtMs]),
      [
        ['two', BOB, sinceMs + 1],
        ['one', accountIdOf('sipweet'), sinceMs],
      ],
    );
    assert.equal(found[0]?.id, two.id);
  });

  test('is empty for a conversation without messages', async (t) => {
    const x = await sandbox(t);
    assert.deepEqual(await x.client().findDirectMessages({ participantId: BOB, sinceMs: 0, limit: 1 }), []);
  });

  test('follows the pages up to the limit', async (t) => {
    const x = await sandbox(t);
    for (let n = 0; n < 230; n += 1) await x.control.sendAs({ from: 'sipweet', to: 'bob_example', text: String(n) });
    const found = await x.client().findDirectMessages({ participantId: BOB, sinceMs: 0, limit: 220 });
    assert.deepEqual(
      found.map(({ text }) => text),
      Array.from({ length: 220 }, (_, n) => String(229 - n)),
    );
    assert.equal((await x.control.requests()).length, 3);
  });

  test('a message that X lists without a sender fails the search: leaving it out could send it twice', async (t) => {
    const apiBase = await cannedServer(t, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"data":[{"id":"1","event_type":"MessageCreate","text":"x"}],"meta":{"result_count":1}}');
    });
    const client = new XClient({ keys: SANDBOX_KEYS, clock: new SystemClock(), logger: silentLogger, apiBase });
    await failure(client.findDirectMessages({ participantId: BOB, sinceMs: 0, limit: 10 }), 'unavailable');
  });
});

describe('rate-limited', () => {
  test('an empty 15-minute bucket is retried at its reset', async (t) => {
    const x = await sandbox(t, { limits: { ...DOCUMENTED_LIMITS, me: { user15Min: 2 } } });
    const startMs = x.clock.now();
    await x.client().me();
    x.clock.advance(60_000);
    await x.client().me();
    const { retryAtMs, status } = await failure(x.client().me(), 'rate-limited');
    assert.equal(status, 429);
    assert.equal(retryAtMs, Math.ceil((startMs + 900_000) / 1000) * 1000);
  });

  for (const bucket of ['user24Hour', 'app24Hour'] as const) {
    test(`an empty ${bucket} bucket is retried at its own reset although 15-minute calls remain`, async (t) => {
      const x = await sandbox(t, { limits: { ...DOCUMENTED_LIMITS, 'dm-send': { user15Min: 15, [bucket]: 1 } } });
      const startMs = x.clock.now();
      await x.client().sendDirectMessage({ recipientId: BOB, text: 'one' });
      const { retryAtMs } = await failure(x.client().sendDirectMessage({ recipientId: BOB, text: 'two' }), 'rate-limited');
      assert.equal(retryAtMs, Math.ceil((startMs + 86_400_000) / 1000) * 1000);
      assert.equal((await x.control.inbox('bob_example')).length, 1);
    });
  }

  test('the sandbox can play both kinds on demand', async (t) => {
    const x = await sandbox(t);
    await x.control.fault({ kind: 'rate-limited' });
    await x.control.fault({ kind: 'rate-limited-day' });
    const near = await failure(x.client().me(), 'rate-limited');
    const far = await failure(x.client().me(), 'rate-limited');
    assert.ok(near.retryAtMs! - x.clock.now() <= 901_000);
    assert.ok(far.retryAtMs! - x.clock.now() >= 86_400_000);
    await x.client().me();
  });
});

describe('unavailable: nothing was done', () => {
  test('nobody listens: a write is safe to repeat', async (t) => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as net.AddressInfo;
    await new Promise((resolve) => holder.close(resolve));
    const x = await sandbox(t);
    const client = x.client({ apiBase: `http://127.0.0.1:${port}` });
    const { reason } = await failure(client.sendDirectMessage({ recipientId: BOB, text: 'x' }), 'unavailable');
    assert.match(reason, /cannot be reached.*ECONNREFUSED/);
  });

  test('503 to a write', async (t) => {
    const x = await sandbox(t);
    await x.control.fault({ kind: 'server-error' });
    const { status } = await failure(x.client().sendDirectMessage({ recipientId: BOB, text: 'x' }), 'unavailable');
    assert.equal(status, 503);
    assert.deepEqual(await x.control.inbox('bob_example'), []);
  });

  for (const kind of ['hang', 'drop', 'cut-mid-json', 'bad-gateway-html'] as const) {
    test(`${kind} of a read`, async (t) => {
      const x = await sandbox(t);
      await x.control.fault({ kind });
      await failure(x.client({ timeoutMs: TIMEOUT_MS }).me(), 'unavailable');
    });
  }
});

describe('uncertain: a write may have been done', () => {
  for (const kind of ['hang-after-accept', 'drop-after-accept', 'cut-mid-json'] as const) {
    test(`${kind}: the message is there, and findDirectMessages finds it`, async (t) => {
      const x = await sandbox(t);
      await x.control.fault({ kind, method: 'POST' });
      const sinceMs = x.clock.now();
      const client = x.client({ timeoutMs: TIMEOUT_MS });
      await failure(client.sendDirectMessage({ recipientId: BOB, text: 'call 7f3a' }), 'uncertain');
      const found = await client.findDirectMessages({ participantId: BOB, sinceMs, limit: 20 });
      assert.deepEqual(found.map(({ text }) => text), ['call 7f3a']);
    });
  }

  for (const fault of [{ kind: 'hang' }, { kind: 'drop' }, { kind: 'bad-gateway-html' }, { kind: 'server-error', status: 500 }] as const) {
    test(`${fault.kind}: the message is not there, which only a look can tell`, async (t) => {
      const x = await sandbox(t);
      await x.control.fault({ ...fault, path: '/2/dm_conversations' });
      const client = x.client({ timeoutMs: TIMEOUT_MS });
      await failure(client.sendDirectMessage({ recipientId: BOB, text: 'x' }), 'uncertain');
      assert.deepEqual(await client.findDirectMessages({ participantId: BOB, sinceMs: 0, limit: 20 }), []);
    });
  }

  test('a 201 without ids', async (t) => {
    const apiBase = await cannedServer(t, (_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"data":{}}');
    });
    const x = await sandbox(t);
    await failure(x.client({ apiBase }).sendDirectMessage({ recipientId: BOB, text: 'x' }), 'uncertain');
  });

  test('an answer cut off by a server that compresses for those who ask', { timeout: 5000 }, async (t) => {
    const apiBase = await cannedServer(t, (request, response) => {
      const packed = /gzip/.test(String(request.headers['accept-encoding']));
      const body = packed ? gzipSync('{"data":{}}') : Buffer.from('{"data":{}}');
      response.writeHead(201, { 'content-type': 'application/json', ...(packed ? { 'content-encoding': 'gzip' } : {}) });
      response.write(body.subarray(0, 6), () => response.destroy());
    });
    const x = await sandbox(t);
    await failure(x.client({ apiBase, timeoutMs: TIMEOUT_MS }).sendDirectMessage({ recipientId: BOB, text: 'x' }), 'uncertain');
  });

  test('an answer that trickles without end is cut off by the deadline, not kept alive by its bytes', async (t) => {
    const apiBase = await cannedServer(t, (_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const x = await sandbox(t);
    await failure(x.client({ apiBase, timeoutMs: TIMEOUT_MS }).sendDirectMessage({ recipientId: BOB, text: 'x' }), 'uncertain');
  });
});

describe('final answers', () => {
  test('403 is refused with the sentence of X', async (t) => {
    const x = await sandbox(t);
    await x.control.putUser({ username: 'bob_example', acceptsDms: false });
    const closed = await failure(x.client().sendDirectMessage({ recipientId: BOB, text: 'x' }), 'refused');
    assert.equal(closed.reason, 'You do not have permission to DM one or more participants.');
    await x.control.fault({ kind: 'forbidden', detail: 'This operation is not permitted.' });
    const limited = await failure(x.client().sendDirectMessage({ recipientId: BOB, text: 'x' }), 'refused');
    assert.equal(limited.reason, 'This operation is not permitted.');
  });

  test('402 is payment', async (t) => {
    const x = await sandbox(t);
    await x.control.fault({ kind: 'payment-required' });
    const { status, reason } = await failure(x.client().sendDirectMessage({ recipientId: BOB, text: 'x' }), 'payment');
    assert.equal(status, 402);
    assert.match(reason, /does not have any credits/);
  });

  test('wrong keys are unauthorized', async (t) => {
    const x = await sandbox(t);
    await failure(x.client({ keys: { ...SANDBOX_KEYS, accessSecret: 'other' } }).me(), 'unauthorized');
  });

  const canned: [string, number, unknown, XFailureClass, RegExp][] = [
    ['a monthly cap is payment, not a limit to wait for', 429, { title: 'UsageCapExceeded', detail: 'Usage cap exceeded: Monthly product cap', type: 'https://api.twitter.com/2/problems/usage-capped' }, 'payment', /Monthly/],
    ['403 about the permissions of the app is unauthorized, not the fate of one message', 403, { title: 'Forbidden', detail: 'Your client app is not configured with the appropriate oauth1 app permissions', type: 'https://api.twitter.com/2/problems/oauth1-permissions' }, 'unauthorized', /app permissions/],
    ['400 names the parameter', 400, { title: 'Invalid Request', detail: 'One or more parameters to your request was invalid.', type: 'https://api.x.com/2/problems/invalid-request', errors: [{ message: '$.text: too long', parameters: {} }] }, 'invalid', /\$\.text: too long/],
    ['404 is invalid', 404, { title: 'Not Found Error', detail: 'Could not find it' }, 'invalid', /Could not find it/],
    ['429 without headers waits a minute', 429, { errors: [{ code: 88, message: 'Rate limit exceeded' }] }, 'rate-limited', /Rate limit exceeded/],
  ];
  for (const [title, status, body, expected, reason] of canned) {
    test(title, async (t) => {
      const apiBase = await cannedServer(t, (_request, response) => {
        response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
      });
      const x = await sandbox(t);
      const thrown = await failure(x.client({ apiBase }).sendDirectMessage({ recipientId: BOB, text: 'x' }), expected);
      assert.match(thrown.reason, reason);
      assert.equal(thrown.retryAtMs, expected === 'rate-limited' ? x.clock.now() + 60_000 : undefined);
    });
  }

  test('a suspended account is refused, not unknown', async (t) => {
    const apiBase = await cannedServer(t, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"errors":[{"title":"Forbidden","detail":"User has been suspended: [bob].","type":"https://api.twitter.com/2/problems/resource-not-found"}]}');
    });
    const x = await sandbox(t);
    assert.match((await failure(x.client({ apiBase }).findUserByName('bob'), 'refused')).reason, /suspended/);
  });
});

describe('what never goes out', () => {
  test('ids, handles, texts and limits that would be wrong are invalid before any request', async (t) => {
    const x = await sandbox(t);
    const client = x.client();
    for (const recipientId of ['', '12a', '../users/me', '1?x=1', '12345678901234567890']) {
      await failure(client.sendDirectMessage({ recipientId, text: 'x' }), 'invalid');
      await failure(client.findDirectMessages({ participantId: recipientId, sinceMs: 0, limit: 1 }), 'invalid');
    }
    for (const name of ['', '@bob', 'bob/..', 'bob?x', 'a234567890123456', 'bob\n']) await failure(client.findUserByName(name), 'invalid');
    await failure(client.sendDirectMessage({ recipientId: BOB, text: '' }), 'invalid');
    await failure(client.sendDirectMessage({ recipientId: BOB, text: 'x'.repeat(10_001) }), 'invalid');
    for (const limit of [0, 501, 1.5, NaN]) await failure(client.findDirectMessages({ participantId: BOB, sinceMs: 0, limit }), 'invalid');
    assert.deepEqual(await x.control.requests(), []);
  });

  test('keys, signatures and texts are in no log line and in no error', async (t) => {
    const { logger, lines } = recordingLogger();
    const x = await sandbox(t, { logger });
    const client = x.client({ logger, timeoutMs: TIMEOUT_MS });
    await client.sendDirectMessage({ recipientId: BOB, text: 'private words' });
    const errors: unknown[] = [];
    for (const kind of ['drop', 'cut-mid-json', 'forbidden', 'hang'] as const) {
      await x.control.fault({ kind });
      errors.push(await client.sendDirectMessage({ recipientId: BOB, text: 'private words' }).catch((thrown: unknown) => thrown));
    }
    const errorTexts = errors.map((thrown) => JSON.stringify(thrown, Object.getOwnPropertyNames(thrown)));
    assert.equal(errorTexts.length, 4);
    assert.ok(lines.length >= 10);
    for (const text of [...lines, ...errorTexts]) {
      assert.doesNotMatch(text, /authorization|oauth_|private words|sandbox-(app|access)/i);
    }
  });

  test('a key that is missing is said by name', () => {
    const make = () => new XClient({ keys: { ...SANDBOX_KEYS, appSecret: '' }, clock: new SystemClock(), logger: silentLogger });
    assert.throws(make, (thrown) => thrown instanceof AppError && thrown.code === 'x.misconfigured' && /appSecret/.test(thrown.message));
  });

  test('an API address out in the world is refused', () => {
    for (const apiBase of ['http://api.x.com', 'http://93.184.216.34:80', 'https://127.0.0.1', 'http://169.254.169.254/']) {
      const make = () => new XClient({ keys: SANDBOX_KEYS, clock: new SystemClock(), logger: silentLogger, apiBase });
      assert.throws(make, (thrown) => thrown instanceof AppError && thrown.code === 'x.misconfigured', apiBase);
    }
  });
});
