/**
 * Where a message goes that X does not take, the kill switch, and money. On one kind of queue: the ledger is in the
 * database with both.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { CommandsTable } from '../../src/db/tables/commands.ts';
import { connectBullmq } from '../../src/jobs/bullmq/bullmq-queue.ts';
import { alarmJob } from '../../src/workers/alarm-jobs.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { until } from '../jobs/until.ts';
import { Conversation } from './conversation.ts';
import { onX, STEP_MS } from './stack.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const { url, db } = await withDatabase({ migrated: false });

test('messages that X does not take, and X switched off', async (t) => {
  const webhook = await WebhookReceiver.start(t, `whsec_${Buffer.alloc(32, 7).toString('base64')}`);
  const talk = await Conversation.start(t, {
    databaseUrl: url,
    db,
    set: ['x.dailyBudgetUsd=1'],
    env: { SIPWEET_CHANNELS_WEBHOOK_URL: webhook.url, SIPWEET_CHANNELS_WEBHOOK_SECRET: webhook.secret },
  });
  const { stack } = talk;
  await talk.addLinked('alice', 'bob', 'carol');
  const alice = await talk.ringer('alice');

  await t.test('closed messages: how a call went that was asked for in a post is told under it, without details', async () => {
    await stack.sandbox.putUser({ username: onX('bob'), acceptsDms: false });
    await talk.post('bob', '@sipweet call @alice_x');
    await talk.replied('bob', /^Calling alice_x/);
    const text = await talk.replied('bob', /I have news for you/);
    assert.doesNotMatch(text, /alice/);
    assert.equal(webhook.received.length, 0);
  });

  await t.test('closed messages and no post: the signed webhook gets it, and a receiver can check that it is ours', async () => {
    const call = alice.agent.call('sip:bob@example.com');
    assert.equal(await call.ended, 480);
    await until('the webhook has it', () => webhook.received.length === 1, STEP_MS);
    const event = webhook.received[0] as { specversion: string; type: string; subject: string; data: Record<string, unknown> };
    assert.deepEqual([event.specversion, event.type, event.subject], ['1.0', 'sipweet.message', 'bob']);
    assert.match(String(event.data['text']), /^Missed call from "Alice" <alice@example\.com>.*: your phone could not be reached/);
    assert.equal(event.data['callId'], call.callId);
    assert.deepEqual(Object.keys(event.data['refusals'] as object), ['dm']);
    assert.equal(webhook.refused, 0);
    await until('its row says so', async () => (await db('ledger').where({ sipuser: 'bob', kind: 'direct-message', state: 'done', channel: 'webhook' })).length === 1, STEP_MS);
  });

  await t.test('`sipweet x pause`: nothing is read and nothing is sent; `sipweet x resume`: all of it goes on, once', async () => {
    await stack.sipweet('x', 'pause', '--reason', 'a test');
    await until('the worker obeys', async () => !(await isReading()), 3 * STEP_MS);
    const before = (await stack.sandbox.requests()).length;
    await talk.dm('carol', 'call @alice_x');
    assert.equal(await alice.agent.call('sip:carol@example.com').ended, 480);
    await until('the missed call waits', async () => (await db('ledger').where({ sipuser: 'carol', state: 'planned' }).whereNotNull('not_before')).length === 1, STEP_MS);
    const asked = (await stack.sandbox.requests()).slice(before);
    assert.deepEqual(asked.map(({ method, target }) => `${method} ${target}`), []);
    assert.match(await stack.sipweet('x', 'spend'), /switched off.*a test/i);
    await stack.sipweet('x', 'resume');
    await talk.told('carol', /^Missed call from "Alice"/, 3 * STEP_MS);
    await talk.told('carol', /^Calling @alice_x/, 3 * STEP_MS);
    await talk.told('carol', /^None of your phones could be reached/);
    assert.deepEqual(await talk.untold('carol'), []);
  });

  await t.test('the budget of the day is spent: nothing goes out but the confirmation of "stop"', async () => {
    await db('spend').insert({ call: 'dm-send', units: 67, micros: 1_000_000 });
    await until('the worker knows', async () => !(await isReading()), 3 * STEP_MS);
    assert.equal(await alice.agent.call('sip:carol@example.com').ended, 480);
    await until('the missed call waits', async () => {
      const row = await db('ledger').where({ sipuser: 'carol', state: 'planned' }).first();
      return /^the budget of this day is spent/.test(row?.reason ?? '');
    }, STEP_MS);
    // As a webhook of X brings it, which costs nothing more to read.
    const queue = connectBullmq({ redisUrl: undefined, databaseUrl: url, clock: new SystemClock(), logger: silentLogger });
    const authorId = (await stack.sandbox.putUser({ username: onX('carol') })).id;
    await new CommandsTable(db).receive([{ id: 'dm:1', source: 'dm', latestId: '1', authorId, authorName: onX('carol'), text: 'stop', postedAtMs: Date.now() }]);
    await queue.addBatch([alarmJob({ job: 'x-command', id: 'dm:1' })]);
    await queue.close(0);
    await talk.told('carol', /^Done: this account acts for carol no more/, 4 * STEP_MS);
    assert.deepEqual(await talk.untold('carol'), []);
  });

  async function isReading(): Promise<boolean> {
    const before = (await stack.sandbox.requests()).length;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return (await stack.sandbox.requests()).length > before;
  }
});
