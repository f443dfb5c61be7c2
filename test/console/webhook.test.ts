import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { beforeEach, test, type TestContext } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { XWebhook } from '../../src/console/x-webhook.ts';
import { CommandsTable } from '../../src/db/tables/commands.ts';
import { LinksTable } from '../../src/db/tables/links.ts';
import { UsersTable } from '../../src/db/tables/users.ts';
import { CommandIntake, type Ours } from '../../src/intake/command-intake.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { XAppClient } from '../../src/x/app-client.ts';
import { XClient } from '../../src/x/client.ts';
import { ControlClient } from '../../src/x/emulator/control-client.ts';
import { SANDBOX_KEYS } from '../../src/x/emulator/sandbox-keys.ts';
import { startEmulator } from '../../src/x/emulator/server.ts';
import { until } from '../jobs/until.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { startConsole, type Setup } from './console-setup.ts';
import type { Webhook } from '../../src/console/routes/webhook.ts';

const { db } = await withDatabase();
const SECRET = 'consumer-secret';
const PATH = '/x/webhook';
const US = { id: '1', username: 'sipweet' };

beforeEach(() => db('commands').delete());

const sign = (body: string) => `sha256=${createHmac('sha256', SECRET).update(body).digest('base64')}`;

interface WithWebhook extends Setup {
  /** Delivers as X does: raw body and its signature, unless told otherwise. */
  readonly deliver: (body: string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly jobs: string[];
}

async function startWithWebhook(
  t: TestContext,
  more: Partial<Webhook> = {},
  { secret = SECRET, us = US }: { secret?: string; us?: Ours } = {},
): Promise<WithWebhook> {
  const jobs: string[] = [];
  const counters = new Counters();
  const clock = new SystemClock();
  const sink = { addBatch: async (batch: readonly { id: string }[]) => void jobs.push(...batch.map(({ id }) => id)) };
  const intake = new CommandIntake({ inbox: new CommandsTable(db), jobs: sink, clock, logger: silentLogger, counters, maxAgeMs: 600_000 });
  const webhook = new XWebhook({
    path: PATH,
    consumerSecret: secret,
    intake,
    links: new LinksTable(db),
    users: new UsersTable(db),
    us: async () => us,
    counters,
    logger: silentLogger,
  });
  const port: Webhook = {
    path: PATH,
    answerCheck: (token) => webhook.answerCheck(token),
    isSigned: (body, signature) => webhook.isSigned(body, signature),
    take: (body) => webhook.take(body),
    ...more,
  };
  const setup = await startConsole(t, db, { webhook: port, counters });
  const deliver: WithWebhook['deliver'] = (body, headers = {}) =>
    fetch(`${setup.server.origin}${PATH}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-twitter-webhooks-signature': sign(body), ...headers },
    });
  return { ...setup, deliver, jobs };
}

function message(text: string, id = '1800000000000000001'): string {
  const event = {
    type: 'message_create',
    id,
    created_timestamp: String(Date.now()),
    message_create: { target: { recipient_id: US.id }, sender_id: '7', message_data: { text, entities: {} } },
  };
  const payload = { direct_message_events: [event], users: { 7: { data: { id: '7', username: 'bob_example' } } } };
  return JSON.stringify({ data: { event_uuid: '-1', filter: { user_id: US.id }, event_type: 'dm.received', payload } });
}

test('the check of X is answered with the HMAC of its token', async (t) => {
  const { server } = await startWithWebhook(t);
  const token = 'Y2hlY2stdG9rZW4tb2YtWA==';
  const response = await fetch(`${server.origin}${PATH}?crc_token=${encodeURIComponent(token)}`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { response_token: sign(token) });
});

test('a token that could be a delivery is not signed: nobody gets a forged one from us', async (t) => {
  const { server, count } = await startWithWebhook(t);
  for (const query of ['', '?crc_token=', `?crc_token=${encodeURIComponent('{"data":{}}')}`, '?crc_token=short', `?crc_token=${'a'.repeat(129)}`, '?crc_token=aaaaaaaaaaaaaaaa&crc_token=b']) {
    const response = await fetch(`${server.origin}${PATH}${query}`);
    assert.equal(response.status, 400, query);
    assert.doesNotMatch(await response.text(), /sha256/);
  }
  assert.equal(count('console.webhook.refused'), 6);
});

test('a signed delivery is stored, its job is there, then it is 200; the same once more adds nothing', async (t) => {
  const { deliver, jobs, count } = await startWithWebhook(t);
  const body = message('call @alice');
  assert.equal((await deliver(body)).status, 200);
  assert.equal((await deliver(body)).status, 200);
  const rows = await db('commands');
  assert.deepEqual(rows.map(({ id, author_id: author, text }) => [id, author, text]), [['dm:1800000000000000001', '7', 'call @alice']]);
  assert.equal(jobs.length, 1);
  assert.equal(count('console.webhook.taken'), 2);
});

test('the signature is over the bytes: one changed byte, another secret, none, or two of them are 403 and store nothing', async (t) => {
  const { deliver, count } = await startWithWebhook(t);
  const body = message('call @alice');
  const attempts: Readonly<Record<string, string>>[] = [
    { 'x-twitter-webhooks-signature': sign(`${body} `) },
    { 'x-twitter-webhooks-signature': `sha256=${createHmac('sha256', 'other').update(body).digest('base64')}` },
    { 'x-twitter-webhooks-signature': '' },
    { 'x-twitter-webhooks-signature': sign(body).replace('sha256=', 'sha1=') },
    { 'x-twitter-webhooks-signature': `${sign(body)}, ${sign(body)}` },
  ];
  for (const headers of attempts) assert.equal((await deliver(body, headers)).status, 403, JSON.stringify(headers));
  assert.deepEqual(await db('commands'), []);
  assert.equal(count('console.webhook.refused'), attempts.length);
});

test('unsigned deliveries fill neither the log nor the memory', async (t) => {
  const { deliver, log } = await startWithWebhook(t);
  for (let i = 0; i < 20; i += 1) await deliver('{}', { 'x-twitter-webhooks-signature': 'sha256=x' });
  assert.equal(log().split('is not signed by X').length - 1, 5);
  assert.equal((await deliver(`"${'x'.repeat(1024 * 1024)}"`)).status, 413);
});

test('signed bytes that are no JSON are 400, and JSON of any other shape does no harm', async (t) => {
  const { deliver } = await startWithWebhook(t);
  assert.equal((await deliver('{"cut')).status, 400);
  for (const body of ['[]', 'null', '7', '{"data":{"event_type":"new.kind"}}', '{"data":7}']) assert.equal((await deliver(body)).status, 200, body);
});

test('while the database is away the answer is 503, so that X sends it again', async (t) => {
  const { deliver, count, log } = await startWithWebhook(t, { take: () => Promise.reject(new Error('PostgreSQL is away')) });
  const response = await deliver(message('call @alice'));
  assert.equal(response.status, 503);
  assert.doesNotMatch(await response.text(), /PostgreSQL/);
  assert.match(log(), /PostgreSQL is away/);
  assert.equal(count('console.webhook.failed'), 1);
});

test('X does not wait ten seconds: after eight it is told to come again', async (t) => {
  let began: () => void = () => {};
  const running = new Promise<void>((resolve) => {
    began = resolve;
  });
  const take = () => {
    began();
    return new Promise<void>(() => {});
  };
  const { deliver, clock } = await startWithWebhook(t, { take });
  const answer = deliver(message('call @alice'));
  await running;
  clock.advance(8000);
  assert.equal((await answer).status, 503);
});

test('who takes his consent back at X is unlinked, and a new handle is followed', async (t) => {
  const { deliver, links } = await startWithWebhook(t);
  await links.link('bob', { xUserId: '7', xName: 'bob_example' });
  const renamed = { data: { event_type: 'profile.update.handle', filter: { user_id: '7' }, payload: { before: 'bob_example', after: 'bobby' } } };
  assert.equal((await deliver(JSON.stringify(renamed))).status, 200);
  assert.equal((await db('sipweetusers').where({ sipuser: 'bob' }).first()).twuser, 'bobby');
  const revoked = { data: { event_type: 'oauth.revoke', payload: { source: { user_id: '7' } } } };
  assert.equal((await deliver(JSON.stringify(revoked))).status, 200);
  const row = await db('sipweetusers').where({ sipuser: 'bob' }).first();
  assert.deepEqual([row.linked_at, row.notify], [null, false]);
});

test('the sandbox of X checks the endpoint, and delivers there what bob writes', async (t) => {
  const clock = new SystemClock();
  const emulator = await startEmulator({ clock, logger: silentLogger, apiPort: 0, controlPort: 0 });
  t.after(() => emulator.close());
  const options = { keys: SANDBOX_KEYS, clock, logger: silentLogger, apiBase: emulator.apiUrl };
  const us = await new XClient(options).me();
  const { server, jobs } = await startWithWebhook(t, {}, { secret: SANDBOX_KEYS.appSecret, us });
  const app = new XAppClient(options);
  const webhook = await app.addWebhook(`${server.origin}${PATH}`);
  assert.equal(webhook.isValid, true);
  await app.ensureSubscriptions(['dm.received', 'post.mention.create'].map((eventType) => ({ eventType, userId: us.id, webhookId: webhook.id })));
  const control = new ControlClient(emulator.controlUrl);
  await control.sendAs({ from: 'bob_example', text: 'call @alice_example' });
  await control.postAs({ from: 'bob_example', text: `@${us.username} list` });
  await until('both are stored', async () => (await db('commands')).length === 2);
  const rows = await db('commands').orderBy('id');
  assert.deepEqual(rows.map(({ source, author_name: name, text }) => [source, name, text]), [
    ['dm', 'bob_example', 'call @alice_example'],
    ['post', 'bob_example', `@${us.username} list`],
  ]);
  await until('both have their job', () => jobs.length === 2);
});
