import assert from 'node:assert/strict';
import type http from 'node:http';
import test, { type TestContext } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { XAppClient } from '../../src/x/app-client.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { cannedServer } from './sandbox.ts';

const KEYS = { appKey: 'app-key', appSecret: 'app-secret', accessToken: '9-token', accessSecret: 'secret' };

type Reply = readonly [status: number, body: unknown];

/** An app client on a server that answers `METHOD path` with the replies given for it, the last one again and again. */
async function setUp(t: TestContext, replies: Record<string, readonly Reply[]>) {
  const requests: { readonly line: string; readonly auth: string; readonly body: string }[] = [];
  const left = new Map(Object.entries(replies).map(([line, list]) => [line, [...list]]));
  let logins = 0;
  const answer: http.RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const line = `${request.method} ${request.url}`;
      const reply = (status: number, json: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
      if (line === 'POST /oauth2/token') {
        logins += 1;
        assert.equal(request.headers.authorization, `Basic ${Buffer.from('app-key:app-secret').toString('base64')}`);
        assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded;charset=UTF-8');
        assert.equal(body, 'grant_type=client_credentials');
        return void reply(200, { token_type: 'bearer', access_token: `T${logins}` });
      }
      requests.push({ line, auth: request.headers.authorization ?? '', body });
      const list = left.get(line) ?? [];
      const [status, json] = (list.length > 1 ? list.shift() : list[0]) ?? [404, { title: `no answer for ${line}` }];
      reply(status, json);
    });
  };
  const app = new XAppClient({ keys: KEYS, clock: new VirtualClock(Date.now()), logger: silentLogger, apiBase: await cannedServer(t, answer) });
  return { app, requests, lines: () => requests.map(({ line, body }) => (body === '' ? line : `${line} ${body}`)) };
}

test('the token is fetched once for all calls', async (t) => {
  const { app, requests } = await setUp(t, { 'GET /2/webhooks': [[200, { meta: { result_count: 0 } }]] });
  assert.deepEqual(await Promise.all([app.webhooks(), app.webhooks()]), [[], []]);
  assert.deepEqual(requests.map(({ auth }) => auth), ['Bearer T1', 'Bearer T1']);
});

test('a token that was revoked is replaced, once', async (t) => {
  const unauthorized: Reply = [401, { title: 'Unauthorized' }];
  const { app, requests } = await setUp(t, { 'GET /2/webhooks': [unauthorized, [200, {}], unauthorized, unauthorized] });
  assert.deepEqual(await app.webhooks(), []);
  assert.deepEqual(requests.map(({ auth }) => auth), ['Bearer T1', 'Bearer T2']);
  await assert.rejects(app.webhooks(), { class: 'unauthorized' });
  assert.equal(requests.length, 4);
});

const RULES = 'GET /2/tweets/search/stream/rules';
const SET = 'POST /2/tweets/search/stream/rules';
const MINE = { value: '@bot -is:retweet', tag: 'sipweet' };

test('our rule is added, an older one of ours is removed after it, those of others stay', async (t) => {
  const others = [{ id: '1', value: 'cats', tag: 'news' }, { id: '2', value: '@oldbot', tag: 'sipweet' }];
  const { app, lines } = await setUp(t, { [RULES]: [[200, { data: others, meta: {} }]], [SET]: [[201, { data: [{ id: '3', ...MINE }] }], [200, { meta: {} }]] });
  await app.setStreamRule(MINE);
  assert.deepEqual(lines(), [RULES, `${SET} ${JSON.stringify({ add: [MINE] })}`, `${SET} {"delete":{"ids":["2"]}}`]);
});

test('a rule that is there is left alone; a duplicate is a success; another refusal is not', async (t) => {
  const there = await setUp(t, { [RULES]: [[200, { data: [{ id: '1', ...MINE }] }]] });
  await there.app.setStreamRule(MINE);
  assert.deepEqual(there.lines(), [RULES]);

  const duplicate = { errors: [{ value: MINE.value, id: '1', title: 'DuplicateRule', type: 'https://api.twitter.com/2/problems/duplicate-rules' }], meta: { summary: { not_created: 1 } } };
  const known = await setUp(t, { [RULES]: [[200, { meta: {} }]], [SET]: [[200, duplicate]] });
  await known.app.setStreamRule(MINE);

  const wrong = { errors: [{ value: 'x', title: 'UnprocessableEntity', detail: 'Rules must contain a value', type: 'https://api.x.com/2/problems/invalid-rules' }] };
  const refused = await setUp(t, { [RULES]: [[200, { meta: {} }]], [SET]: [[200, wrong]] });
  await assert.rejects(refused.app.setStreamRule(MINE), { class: 'invalid', reason: 'Rules must contain a value' });
});

test('a subscription is made with the signature of the account, and its answer is read in all three shapes', async (t) => {
  const made = { subscription_id: 's1', event_type: 'dm.received', filter: { user_id: '9' }, webhook_id: 'w1' };
  const bodies: Reply[] = [[200, { data: [made] }], [200, { data: made }], [200, { data: { subscription: made } }]];
  const { app, requests } = await setUp(t, { 'POST /2/activity/subscriptions': bodies });
  const wanted = { eventType: 'dm.received', userId: '9', webhookId: 'w1', tag: 'sipweet' };
  for (const _ of bodies) {
    assert.deepEqual(await app.subscribe(wanted), { id: 's1', eventType: 'dm.received', userId: '9', webhookId: 'w1' });
  }
  assert.match(requests[0]!.auth, /^OAuth /);
  assert.deepEqual(JSON.parse(requests[0]!.body), { event_type: 'dm.received', filter: { user_id: '9' }, tag: 'sipweet', webhook_id: 'w1' });
});

test('only what is not subscribed to the same place is subscribed', async (t) => {
  const there = { subscription_id: 's1', event_type: 'dm.received', filter: { user_id: '9' } };
  const { app, requests } = await setUp(t, {
    'GET /2/activity/subscriptions': [[200, { data: [there] }]],
    'POST /2/activity/subscriptions': [[200, { data: { subscription_id: 's2' } }]],
  });
  await app.ensureSubscriptions([
    { eventType: 'dm.received', userId: '9' },
    { eventType: 'post.mention.create', userId: '9' },
    { eventType: 'dm.received', userId: '9', webhookId: 'w1' },
  ]);
  const posts = requests.filter(({ line }) => line.startsWith('POST')).map(({ body }) => JSON.parse(body) as unknown);
  assert.deepEqual(posts, [
    { event_type: 'post.mention.create', filter: { user_id: '9' } },
    { event_type: 'dm.received', filter: { user_id: '9' }, webhook_id: 'w1' },
  ]);
});

test('a subscription that another process made meanwhile is there; any other refusal is told', async (t) => {
  const wanted = [{ eventType: 'dm.received', userId: '9' }];
  const refusal = (message: string): Reply => [400, { errors: [{ message }], title: 'Invalid Request', type: 'https://api.x.com/2/problems/invalid-request' }];
  const list = { 'GET /2/activity/subscriptions': [[200, { data: [] }]] as const };
  const { app } = await setUp(t, { ...list, 'POST /2/activity/subscriptions': [refusal('DuplicateSubscriptionFailed: Subscription already exists'), refusal('too many')] });
  await app.ensureSubscriptions(wanted);
  await assert.rejects(app.ensureSubscriptions(wanted), { class: 'invalid' });
});

test('webhooks are listed, added, checked and removed; connections are closed', async (t) => {
  const webhook = { id: '1900', url: 'https://example.com/x', valid: true, created_at: '2026-08-01T00:00:00Z' };
  const { app, lines } = await setUp(t, {
    'GET /2/webhooks': [[200, { data: [webhook, { id: 'x' }] }]],
    'POST /2/webhooks': [[200, { data: webhook }]],
    'PUT /2/webhooks/1900': [[200, { data: { valid: true } }]],
    'DELETE /2/webhooks/1900': [[200, { data: { deleted: true } }]],
    'DELETE /2/activity/subscriptions/s1': [[200, { data: { deleted: true } }]],
    'DELETE /2/connections/all': [[200, { data: {} }]],
  });
  assert.deepEqual(await app.webhooks(), [{ id: '1900', url: webhook.url, isValid: true }]);
  assert.equal((await app.addWebhook(webhook.url)).id, '1900');
  await app.checkWebhook('1900');
  await app.removeWebhook('1900');
  await app.unsubscribe('s1');
  await app.closeConnections();
  assert.equal(lines().length, 6);
  await assert.rejects(app.removeWebhook('../users'), { class: 'invalid' });
});
