import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import type { TestContext } from 'node:test';
import { SANDBOX_BEARER } from '../../../../src/x/emulator/sandbox-keys.ts';
import { accountIdOf } from '../../../../src/x/emulator/snowflake.ts';
import { bearerRequest, sandbox, signedRequest, type Sandbox } from '../../sandbox.ts';
import { openStream, utf8, type Reading } from './reading.ts';

const STREAM = '/2/tweets/search/stream';
const RULES = `${STREAM}/rules`;
const token = SANDBOX_BEARER;

const addRules = (x: Sandbox, ...add: object[]) => bearerRequest(x.apiUrl, { token, method: 'POST', target: RULES, body: { add } });

/** A sandbox whose bot has a rule, and a client on its stream. */
async function streaming(t: TestContext, query = ''): Promise<{ x: Sandbox; reading: Reading; ruleId: string }> {
  const x = await sandbox(t);
  const answer = await addRules(x, { value: '@sipweet -is:retweet', tag: 'bot' });
  const ruleId = (answer.json as { data: { id: string }[] }).data[0]!.id;
  const reading = await openStream(x.apiUrl, STREAM + query);
  t.after(() => reading.close());
  return { x, reading, ruleId };
}

describe('rules', () => {
  test('are added, listed and deleted, with X\'s summaries', async (t) => {
    const x = await sandbox(t);
    const sent = new Date(x.clock.now()).toISOString();
    assert.deepEqual((await bearerRequest(x.apiUrl, { token, target: RULES })).json, { meta: { sent, result_count: 0 } });
    const added = await addRules(x, { value: '@sipweet', tag: 't' });
    assert.equal(added.status, 201);
    const { id } = (added.json as { data: { id: string }[] }).data[0]!;
    assert.deepEqual(added.json, { data: [{ id, value: '@sipweet', tag: 't' }], meta: { sent, summary: { created: 1, not_created: 0, valid: 1, invalid: 0 } } });
    assert.deepEqual((await bearerRequest(x.apiUrl, { token, target: RULES })).json, { data: [{ id, value: '@sipweet', tag: 't' }], meta: { sent, result_count: 1 } });
    const deleted = await bearerRequest(x.apiUrl, { token, method: 'POST', target: RULES, body: { delete: { ids: [id, '7'] } } });
    assert.deepEqual(deleted.json, { meta: { sent, summary: { deleted: 1, not_deleted: 1 } } });
  });

  test('one that is there already is not created, and its id is told', async (t) => {
    const x = await sandbox(t);
    const { id } = ((await addRules(x, { value: '@sipweet' })).json as { data: { id: string }[] }).data[0]!;
    assert.deepEqual((await addRules(x, { value: '@sipweet', tag: 'other' })).json, {
      meta: { sent: new Date(x.clock.now()).toISOString(), summary: { created: 0, not_created: 1, valid: 1, invalid: 0 } },
      errors: [{ value: '@sipweet', id, title: 'DuplicateRule', type: 'https://api.x.com/2/problems/duplicate-rules' }],
    });
  });

  test('a wrong one is told with its reason', async (t) => {
    const { json } = await addRules(await sandbox(t), { value: 'is:retweet' });
    const { errors, meta } = json as { errors: { title: string; details: string[] }[]; meta: { summary: object } };
    assert.deepEqual(meta.summary, { created: 0, not_created: 1, valid: 0, invalid: 1 });
    assert.equal(errors[0]?.title, 'UnprocessableEntity');
    assert.match(errors[0]!.details[0]!, /stands alone/);
  });

  test('dry_run changes nothing, delete_all takes all', async (t) => {
    const x = await sandbox(t);
    const post = (query: string, body: object) => bearerRequest(x.apiUrl, { token, method: 'POST', target: `${RULES}?${query}`, body });
    const count = async () => ((await bearerRequest(x.apiUrl, { token, target: RULES })).json as { meta: { result_count: number } }).meta.result_count;
    assert.equal((await post('dry_run=true', { add: [{ value: 'a' }] })).status, 201);
    assert.equal(await count(), 0);
    await addRules(x, { value: 'a' }, { value: 'b' });
    await post('dry_run=true', { delete: { values: ['a'] } });
    assert.equal(await count(), 2);
    await post('delete_all=true', {});
    assert.equal(await count(), 0);
  });

  test('are for the app only', async (t) => {
    const x = await sandbox(t);
    const answer = await signedRequest(x.apiUrl, { target: RULES });
    assert.equal(answer.status, 403);
    assert.match(answer.text, /Supported authentication types are \[OAuth 2\.0 Application-Only\]/);
  });
});

describe('the stream', () => {
  test('brings what fits a rule as one line, with the rules that fit', async (t) => {
    const { x, reading, ruleId } = await streaming(t, '?tweet.fields=author_id,created_at&expansions=author_id');
    await x.control.postAs({ from: 'ann', text: 'not for the bot' });
    const post = await x.control.postAs({ from: 'ann', text: '@sipweet ünïcödé ☎' });
    const line = utf8(await reading.next());
    assert.ok(line.endsWith('\r\n'));
    assert.deepEqual(JSON.parse(line), {
      data: {
        id: post.id,
        text: '@sipweet ünïcödé ☎',
        edit_history_tweet_ids: [post.id],
        author_id: accountIdOf('ann'),
        created_at: new Date(x.clock.now()).toISOString(),
      },
      includes: { users: [{ id: accountIdOf('ann'), name: 'ann', username: 'ann' }] },
      matching_rules: [{ id: ruleId, tag: 'bot' }],
    });
  });

  test('keeps the old names of X, and bills each post', async (t) => {
    const { x, reading } = await streaming(t);
    await x.control.setNaming('post');
    await x.control.postAs({ from: 'ann', text: '@sipweet hi' });
    assert.match(await reading.next(), /edit_history_tweet_ids/);
    assert.deepEqual((await x.control.spend()).byPrice, { 'post-read': { count: 1, microUsd: 5000 } });
  });

  test('has a heartbeat of an empty line every 20 seconds, unless it is switched off', async (t) => {
    const { x, reading } = await streaming(t);
    x.clock.advance(20_000);
    assert.equal(await reading.next(), '\r\n');
    await x.control.actOnStream('filtered_stream', 'heartbeats-off');
    x.clock.advance(20_000);
    await x.control.postAs({ from: 'ann', text: '@sipweet after' });
    assert.match(await reading.next(), /after/);
  });

  test('without rules it is 409, and a second connection 429 until the first socket has closed', async (t) => {
    const x = await sandbox(t);
    const problem = { title: 'ConnectionException', type: 'https://api.x.com/2/problems/streaming-connection' };
    const none = await bearerRequest(x.apiUrl, { token, target: STREAM });
    assert.equal(none.status, 409);
    assert.deepEqual(none.json, { ...problem, detail: 'Rules must be configured before connecting.', connection_issue: 'RuleConfigurationIssue' });
    await addRules(x, { value: '@sipweet' });
    const first = await openStream(x.apiUrl, STREAM);
    const second = await bearerRequest(x.apiUrl, { token, target: STREAM });
    assert.equal(second.status, 429);
    const detail = 'This stream is currently at the maximum allowed connection limit.';
    assert.deepEqual(second.json, { ...problem, detail, connection_issue: 'TooManyConnections' });
    first.close();
    while ((await x.control.streams())[0]!.connections.length > 0);
    const third = await openStream(x.apiUrl, STREAM);
    assert.equal(third.status, 200);
    third.close();
  });

  test('each try counts against the 50 of a quarter of an hour, a refused one too', async (t) => {
    const { x } = await streaming(t);
    const refused = await bearerRequest(x.apiUrl, { token, target: STREAM });
    assert.deepEqual([refused.headers['x-rate-limit-limit'], refused.headers['x-rate-limit-remaining']], ['50', '48']);
  });

  test('backfill is for enterprises', async (t) => {
    const x = await sandbox(t);
    assert.equal((await bearerRequest(x.apiUrl, { token, target: `${STREAM}?backfill_minutes=5` })).status, 400);
  });
});

describe('what goes wrong on a stream', () => {
  test('split-utf8: a line in two chunks, neither of which is text by itself', async (t) => {
    const { x, reading } = await streaming(t);
    await x.control.actOnStream('filtered_stream', 'split-utf8');
    await x.control.postAs({ from: 'ann', text: '@sipweet ☎' });
    const [first, second] = [await reading.next(), await reading.next()];
    assert.match(utf8(first), /\ufffd$/);
    assert.match(utf8(first + second), /☎.*\r\n$/);
    await x.control.postAs({ from: 'ann', text: '@sipweet ☏' });
    assert.match(utf8(await reading.next()), /☏.*\r\n$/);
  });

  test('lone-crlf: the end of the line looks like a heartbeat', async (t) => {
    const { x, reading } = await streaming(t);
    await x.control.actOnStream('filtered_stream', 'lone-crlf');
    await x.control.postAs({ from: 'ann', text: '@sipweet hi' });
    assert.match(await reading.next(), /\}$/);
    assert.equal(await reading.next(), '\r\n');
  });

  test('repeat and unknown-message: the same line again, and one of a kind that nobody knows', async (t) => {
    const { x, reading } = await streaming(t);
    await x.control.postAs({ from: 'ann', text: '@sipweet hi' });
    const line = await reading.next();
    await x.control.actOnStream('filtered_stream', 'repeat');
    assert.equal(await reading.next(), line);
    await x.control.actOnStream('filtered_stream', 'unknown-message');
    assert.deepEqual(Object.keys(JSON.parse(await reading.next()) as object), ['system']);
  });

  test('operational-disconnect: X\'s error, then the end', async (t) => {
    const { x, reading } = await streaming(t);
    await x.control.actOnStream('filtered_stream', 'operational-disconnect');
    const { errors } = JSON.parse(await reading.next()) as { errors: Record<string, string>[] };
    assert.equal(errors[0]?.['title'], 'operational-disconnect');
    assert.equal(errors[0]?.['disconnect_type'], 'UpstreamOperationalDisconnect');
    assert.equal(await reading.ended, 'end');
  });

  test('close ends it in order, cut does not', async (t) => {
    for (const [act, end] of [['close', 'end'], ['cut', 'cut']] as const) {
      const { x, reading } = await streaming(t);
      await x.control.actOnStream('filtered_stream', act);
      assert.equal(await reading.ended, end);
    }
  });

  test('silence: no heartbeat and no post, and what was written meanwhile never comes', async (t) => {
    const { x, reading } = await streaming(t);
    await x.control.actOnStream('filtered_stream', 'silence');
    x.clock.advance(60_000);
    await x.control.postAs({ from: 'ann', text: '@sipweet lost' });
    await x.control.actOnStream('filtered_stream', 'resume');
    await x.control.postAs({ from: 'ann', text: '@sipweet found' });
    assert.match(await reading.next(), /found/);
  });

  test('accept-then-close: 200, and the end at once', async (t) => {
    const x = await sandbox(t);
    await addRules(x, { value: '@sipweet' });
    await x.control.fault({ kind: 'accept-then-close', path: STREAM });
    const reading = await openStream(x.apiUrl, STREAM);
    reading.close();
    assert.equal(reading.status, 200);
    assert.equal((await x.control.streams())[0]!.connections.length, 0);
  });
});

describe('/2/connections', () => {
  test('lists what is open, and kills it for a client that has lost its socket', async (t) => {
    const { x, reading } = await streaming(t);
    const { json } = await bearerRequest(x.apiUrl, { token, target: '/2/connections' });
    const { data } = json as { data: { id: string; endpoint_name: string }[] };
    assert.deepEqual(data.map(({ endpoint_name }) => endpoint_name), ['filtered_stream']);
    const killed = await bearerRequest(x.apiUrl, { token, method: 'DELETE', target: '/2/connections/all' });
    assert.deepEqual(killed.json, { data: { successful_kills: 1, failed_kills: 0, results: [{ uuid: data[0]!.id, success: true }] } });
    assert.equal(await reading.ended, 'cut');
    assert.deepEqual((await bearerRequest(x.apiUrl, { token, target: '/2/connections' })).json, { meta: { result_count: 0 } });
  });
});
