import assert from 'node:assert/strict';
import test, { describe, type TestContext } from 'node:test';
import { accountIdOf } from '../../../../src/x/emulator/snowflake.ts';
import { leap, sandbox, signedRequest } from '../../sandbox.ts';
import { WebhookServer, asApp, hmac, register } from './webhook-server.ts';

const messageOf = (json: unknown) => (json as { errors: { message: string }[] }).errors[0]!.message;
const BOT = accountIdOf('sipweet');

describe('registering', () => {
  test('challenges the address inside the call, and lists and deletes it', async (t) => {
    const x = await sandbox(t);
    const webhook = await WebhookServer.start(t);
    const tokens: string[] = [];
    webhook.crc = (token) => {
      tokens.push(token);
      return { status: 200, body: JSON.stringify({ response_token: hmac(token) }) };
    };
    const created = await asApp(x, 'POST', '/2/webhooks', { url: webhook.url });
    assert.match(tokens[0]!, /^[A-Za-z0-9+/=_-]{16,128}$/);
    const { id } = (created.json as { data: { id: string } }).data;
    const shown = { id, url: webhook.url, valid: true, created_at: new Date(x.clock.now()).toISOString() };
    assert.deepEqual(created.json, { data: shown });
    assert.deepEqual((await asApp(x, 'GET', '/2/webhooks')).json, { data: [shown], meta: { result_count: 1 } });
    assert.deepEqual((await asApp(x, 'DELETE', `/2/webhooks/${id}`)).json, { data: { deleted: true } });
    assert.match(messageOf((await asApp(x, 'DELETE', `/2/webhooks/${id}`)).json), /^WebhookIdInvalid: /);
    assert.deepEqual((await asApp(x, 'GET', '/2/webhooks')).json, { data: [], meta: { result_count: 0 } });
  });

  test('a wrong answer to the challenge registers nothing', async (t) => {
    const x = await sandbox(t);
    const webhook = await WebhookServer.start(t);
    const right = webhook.crc;
    for (const crc of [
      () => ({ status: 200, body: '{"response_token":"sha256=abc"}' }),
      () => ({ status: 200, body: 'no JSON' }),
      (token: string) => ({ ...right(token), status: 201 }),
      (token: string) => ({ ...right(token), status: 302, location: webhook.url }),
      () => ({ status: 500, body: '' }),
    ]) {
      webhook.crc = crc;
      assert.match(messageOf((await asApp(x, 'POST', '/2/webhooks', { url: webhook.url })).json), /^CrcValidationFailed: /);
    }
    assert.deepEqual(await x.control.webhooks(), []);
  });

  test('an address of somewhere else, of another scheme or too long is none', async (t) => {
    const x = await sandbox(t);
    for (const url of ['https://example.com/x', 'http://example.com/x', 'ftp://127.0.0.1/x', 'http://169.254.169.254/', 'x', `http://127.0.0.1/${'x'.repeat(200)}`]) {
      assert.match(messageOf((await asApp(x, 'POST', '/2/webhooks', { url })).json), /^UrlValidationFailed: /, url);
    }
    assert.match(messageOf((await asApp(x, 'POST', '/2/webhooks', { url: 'http://127.0.0.1:1/' })).json), /^CrcValidationFailed: .*ECONNREFUSED/);
  });

  test('one may be registered, and the limit hides that a second is the same', async (t) => {
    const x = await sandbox(t);
    const webhook = await WebhookServer.start(t);
    await register(x, webhook);
    assert.match(messageOf((await asApp(x, 'POST', '/2/webhooks', { url: webhook.url })).json), /^WebhookLimitExceeded: /);
    const roomy = await sandbox(t, { maxWebhooks: 2 });
    await register(roomy, webhook);
    assert.match(messageOf((await asApp(roomy, 'POST', '/2/webhooks', { url: webhook.url })).json), /^DuplicateUrlFailed: /);
  });

  test('is for the app only', async (t) => {
    const x = await sandbox(t);
    assert.equal((await signedRequest(x.apiUrl, { target: '/2/webhooks' })).status, 403);
  });
});

describe('challenging again', () => {
  test('PUT: a wrong answer ends the webhook, a right one brings it back', async (t) => {
    const x = await sandbox(t);
    const webhook = await WebhookServer.start(t);
    const id = await register(x, webhook);
    const right = webhook.crc;
    webhook.crc = () => ({ status: 200, body: '{}' });
    assert.match(messageOf((await asApp(x, 'PUT', `/2/webhooks/${id}`)).json), /^CrcValidationFailed: /);
    assert.equal((await x.control.webhooks())[0]?.valid, false);
    webhook.crc = right;
    assert.deepEqual((await asApp(x, 'PUT', `/2/webhooks/${id}`)).json, { data: { valid: true } });
  });

  test('one that is away stays valid for 28 hours after its last right answer', async (t) => {
    const x = await sandbox(t, { limitsEnabled: false });
    const webhook = await WebhookServer.start(t);
    const id = await register(x, webhook);
    webhook.crc = () => ({ status: 503, body: '' });
    const validAfter = async (ms: number) => {
      leap(x.clock, ms);
      await asApp(x, 'PUT', `/2/webhooks/${id}`);
      return (await x.control.webhooks())[0]?.valid;
    };
    assert.equal(await validAfter(28 * 3_600_000 - 1), true);
    assert.equal(await validAfter(1), false);
  });

  test('it happens each hour by itself', async (t) => {
    const x = await sandbox(t);
    const webhook = await WebhookServer.start(t);
    await register(x, webhook);
    const asked = new Promise<void>((resolve) => {
      webhook.crc = () => {
        resolve();
        return { status: 200, body: '{}' };
      };
    });
    x.clock.advance(3_600_000);
    await asked;
    while ((await x.control.webhooks())[0]?.valid !== false);
  });
});

describe('deliveries', () => {
  /** A webhook that hears of messages to the bot. */
  async function hearing(t: TestContext) {
    const x = await sandbox(t);
    const webhook = await WebhookServer.start(t);
    const webhook_id = await register(x, webhook);
    await asApp(x, 'POST', '/2/activity/subscriptions', { event_type: 'dm.received', filter: { user_id: BOT }, tag: 'dms', webhook_id });
    return { x, webhook };
  }
  const textOf = (body: string) => /"text":"([^"]*)"/.exec(body)?.[1];

  test('are signed over the raw body with the consumer secret', async (t) => {
    const { x, webhook } = await hearing(t);
    await x.control.sendAs({ from: 'bob', text: 'ünïcödé ☎' });
    const [received] = await webhook.have(1);
    assert.equal(received?.signature, hmac(received!.body));
    assert.equal(textOf(received!.body), 'ünïcödé ☎');
    while ((await x.control.deliveries())[0]?.state !== 'delivered');
  });

  test('what is not answered with 200 comes again after 1, 5 and 30 seconds, the same bytes, and then no more', async (t) => {
    const { x, webhook } = await hearing(t);
    webhook.status = 500;
    await x.control.sendAs({ from: 'bob', text: 'hi' });
    for (const [count, pauseMs] of [[1, 1000], [2, 5000], [3, 30_000]] as const) {
      await webhook.have(count);
      while ((await x.control.deliveries())[0]?.attempts.length !== count);
      x.clock.advance(pauseMs - 1);
      assert.equal(webhook.received.length, count);
      x.clock.advance(1);
    }
    await webhook.have(4);
    while ((await x.control.deliveries())[0]?.state !== 'given-up');
    assert.equal(new Set(webhook.received.map(({ body }) => body)).size, 1);
  });

  test('ten seconds without an answer are a failure', async (t) => {
    const { x, webhook } = await hearing(t);
    webhook.status = undefined;
    await x.control.sendAs({ from: 'bob', text: 'hi' });
    await webhook.have(1);
    x.clock.advance(9999);
    assert.equal((await x.control.deliveries())[0]?.attempts.length, 0);
    x.clock.advance(1);
    while ((await x.control.deliveries())[0]?.attempts.length !== 1);
    assert.match(String((await x.control.deliveries())[0]?.attempts[0]?.result), /no answer within 10000 ms/);
  });

  test('held ones come in the other order, or twice, when a test wants that', async (t) => {
    const { x, webhook } = await hearing(t);
    await x.control.holdDeliveries();
    for (const text of ['1', '2', '3']) await x.control.sendAs({ from: 'bob', text });
    assert.deepEqual((await x.control.deliveries()).map(({ state }) => state), ['held', 'held', 'held']);
    await x.control.releaseDeliveries({ reversed: true, twice: true });
    assert.deepEqual(webhook.received.map(({ body }) => textOf(body)), ['3', '3', '2', '2', '1', '1']);
  });

  test('the last one comes again on command, with the same event_uuid', async (t) => {
    const { x, webhook } = await hearing(t);
    await assert.rejects(x.control.repeatDelivery());
    await x.control.sendAs({ from: 'bob', text: 'hi' });
    await webhook.have(1);
    await x.control.repeatDelivery();
    const [first, second] = await webhook.have(2);
    assert.equal(first?.body, second?.body);
  });

  test('a webhook that is not valid gets nothing', async (t) => {
    const { x, webhook } = await hearing(t);
    webhook.crc = () => ({ status: 200, body: '{}' });
    const id = (await x.control.webhooks())[0]!.id;
    await asApp(x, 'PUT', `/2/webhooks/${id}`);
    await x.control.sendAs({ from: 'bob', text: 'hi' });
    while ((await x.control.deliveries())[0]?.state !== 'given-up');
    assert.deepEqual(webhook.received, []);
  });
});
