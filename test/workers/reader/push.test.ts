import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import test, { type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { CommandIntake } from '../../../src/intake/command-intake.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { pushFrom, type PushOptions } from '../../../src/workers/reader/push.ts';
import { XAppClient } from '../../../src/x/app-client.ts';
import { SANDBOX_KEYS } from '../../../src/x/emulator/sandbox-keys.ts';
import { MemoryInbox } from '../../intake/memory-inbox.ts';
import { cannedServer } from '../../x/sandbox.ts';

const US = { id: '9', username: 'sipweet' };

/** An X of one stream, whose lines the test writes. */
async function setUp(t: TestContext, kind: PushOptions['kind']) {
  const clock = new VirtualClock(Date.now());
  const requests: string[] = [];
  let open = (_response: ServerResponse) => {};
  const opened = new Promise<ServerResponse>((resolve) => (open = resolve));
  const apiBase = await cannedServer(t, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0]!;
      requests.push(`${request.method} ${path} ${body}`.trim());
      response.writeHead(200, { 'content-type': 'application/json' });
      if (path === '/oauth2/token') response.end('{"token_type":"bearer","access_token":"T"}');
      else if (path === '/2/tweets/search/stream' || path === '/2/activity/stream') open(response);
      else response.end(request.method === 'POST' ? '{"data":{"id":"1","subscription_id":"s"}}' : '{"meta":{"result_count":0}}');
    });
  });
  const inbox = new MemoryInbox();
  const counters = new Counters();
  const intake = new CommandIntake({ inbox, jobs: new MemoryQueue(clock), clock, logger: silentLogger, counters, maxAgeMs: 60_000 });
  const spend: string[] = [];
  const connection = { clock, logger: silentLogger, apiBase };
  const app = new XAppClient({ keys: SANDBOX_KEYS, ...connection });
  const push = pushFrom({ kind, app, intake, counters, onSpend: (call) => spend.push(call), ...connection })(US);
  t.after(() => push.stop());
  push.start();
  const stream = await opened;
  const send = (message: object) => stream.write(`${JSON.stringify(message)}\r\n`);
  const count = (name: string) => counters.define(`worker.reader.${name}`, '').value;
  const until = async (condition: () => boolean) => {
    for (let turns = 0; turns < 20_000 && !condition(); turns += 1) await setImmediate();
    assert.ok(condition(), String(condition));
  };
  const post = (id: string, more: object = {}) => ({
    data: { id, text: '@sipweet call alice', author_id: '42', created_at: new Date(clock.now()).toISOString(), edit_history_tweet_ids: [id], ...more },
    includes: { users: [{ id: '42', username: 'bob' }] },
    matching_rules: [{ id: '1', tag: 'sipweet' }],
  });
  return { inbox, push, requests, send, count, until, post, spend };
}

test('posts: the rule names us, what it brings is a command, what other rules of the app bring is not', async (t) => {
  const { inbox, requests, send, until, count, post, spend } = await setUp(t, 'posts');
  assert.deepEqual(requests, [
    'POST /oauth2/token grant_type=client_credentials',
    'GET /2/tweets/search/stream/rules',
    'POST /2/tweets/search/stream/rules {"add":[{"value":"@sipweet -is:retweet","tag":"sipweet"}]}',
    'GET /2/tweets/search/stream',
  ]);
  send({ ...post('10'), matching_rules: [{ id: '2', tag: 'news' }] });
  send(post('11'));
  send(post('11'));
  send({ sitemap: 'a kind that X adds tomorrow' });
  await until(() => count('pushed') === 4 && inbox.rows.size === 1);
  assert.deepEqual(inbox.ids('received'), ['post:11']);
  assert.equal(inbox.rows.get('post:11')?.authorName, 'bob');
  assert.ok(spend.every((call) => call === 'stream-post'));
});

test('activity: mentions and messages are subscribed to, and become commands', async (t) => {
  const { inbox, requests, send, until } = await setUp(t, 'activity');
  assert.deepEqual(requests.slice(2), [
    'POST /2/activity/subscriptions {"event_type":"post.mention.create","filter":{"user_id":"9"},"tag":"sipweet"}',
    'POST /2/activity/subscriptions {"event_type":"dm.received","filter":{"user_id":"9"},"tag":"sipweet"}',
    'GET /2/activity/stream',
  ]);
  const message_create = { target: { recipient_id: '9' }, sender_id: '42', message_data: { text: 'call alice' } };
  const payload = { direct_message_events: [{ type: 'message_create', id: '12', created_timestamp: String(Date.now()), message_create }] };
  send({ data: { event_type: 'dm.received', filter: { user_id: '9' }, payload } });
  await until(() => inbox.rows.size === 1);
  assert.deepEqual(inbox.ids('received'), ['dm:12']);
});

test('what cannot be stored is left to the polls, and what comes after it is stored again', async (t) => {
  const { inbox, send, until, count, post } = await setUp(t, 'posts');
  inbox.down = true;
  send(post('11'));
  await until(() => count('push-left') === 1);
  inbox.down = false;
  send(post('12'));
  await until(() => inbox.rows.size === 1);
  assert.deepEqual(inbox.ids('received'), ['post:12']);
});
