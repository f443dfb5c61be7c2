/**
 * Reminders: told by direct message and on the phones that are registered, spoken by a call for who asked to be rung,
 * put off and done. On one kind of queue: that both remind is in `conversation.test.ts`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer } from '../../src/media/answer.ts';
import { until } from '../jobs/until.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { Conversation } from './conversation.ts';
import { openEar } from './ear.ts';
import { textOf } from './ringer.ts';
import { STEP_MS } from './stack.ts';

const { url, db } = await withDatabase({ migrated: false });

test('reminders', async (t) => {
  const talk = await Conversation.start(t, { databaseUrl: url, db, set: ['media.portMin=21500', 'media.portMax=21599'] });
  await talk.addLinked('bob', 'carol', 'dave');

  await t.test('at the time a direct message and a SIP MESSAGE to the phone that is there, no call; "done" ends it', async () => {
    const phone = await talk.ringer('bob');
    await talk.asks('bob', 'remind me in 2 seconds to call mum', /^Reminder 1: call mum, .*"cancel 1"/);
    await talk.told('bob', /^Reminder 1: call mum\. Answer "snooze 10" or "done"/);
    const message = await phone.nextMessage();
    assert.equal(textOf(message), 'Reminder: call mum');
    assert.match(message.from!.uriText, /^sip:sipweet@/);
    await talk.asks('bob', 'done', /^Done: call mum/);
    assert.equal(phone.calls.length, 0);
    assert.equal(phone.messages.length, 1);
    assert.deepEqual(await talk.untold('bob'), []);
  });

  await t.test('"snooze": it comes again, with its number; "done" then takes it back', async () => {
    await talk.asks('bob', 'snooze 10', /^Again .*: call mum \(1\)/);
    const row = await db('schedules').where({ sipuser: 'bob', number: 1 }).first();
    assert.equal(row.state, 'active');
    const inMs = row.next_at.getTime() - Date.now();
    assert.ok(inMs > 9.5 * 60_000 && inMs <= 600_000, `${inMs}`);
    await talk.asks('bob', 'done', /^Done: call mum/);
    await talk.asks('bob', 'list', /^You have nothing scheduled/);
  });

  await t.test('who has no phone there is told on X, and no phone of tomorrow gets it', async () => {
    await talk.asks('carol', 'remind me in 2 seconds to breathe', /^Reminder 1: breathe/);
    await talk.told('carol', /^Reminder 1: breathe\./);
    await until('the SIP side is through with it', async () => (await db('sip_messages').where({ recipient: 'carol', state: 'failed' })).length === 1, STEP_MS);
    const phone = await talk.ringer('carol');
    // A message behind it shows that the other one is not just slow.
    assert.equal(await phone.agent.message('sip:carol@example.com', 'hello'), 200);
    assert.deepEqual([textOf(await phone.nextMessage()), phone.messages.length], ['hello', 1]);
  });

  await t.test('"and ring me": the phone rings, shows what it is about, and speaks the announcement by RTP to where its answer says; then it is hung up', async () => {
    const ear = await openEar(t);
    const phone = await talk.ringer('dave');
    await talk.asks('dave', 'remind me in 2 seconds about the oven and ring me', /^Reminder 1: the oven, .*your phone will ring/);
    const call = await phone.nextCall();
    assert.match(call.callerName, /the oven/);
    const offer = readAnswer(call.remoteDescription);
    assert.ok('port' in offer && offer.port >= 21_500 && offer.port <= 21_599, call.remoteDescription);
    call.ring();
    call.answer(ear.description);
    await call.wasHungUp;
    await talk.callIs('dave', 'ended');
    assert.ok(ear.heard.length > 50, `${ear.heard.length} packets`);
    assert.deepEqual([...new Set(ear.heard.map(({ payload }) => payload.length))], [160], '20 ms of G.711 a packet');
    await talk.told('dave', /^Reminder 1: the oven\./);
    assert.equal(textOf(await phone.nextMessage()), 'Reminder: the oven');
    assert.deepEqual([phone.calls.length, await talk.untold('dave')], [1, []]);
  });

  await t.test('"done" while it rings stops the phone', async () => {
    const phone = await talk.ringer('bob');
    await talk.asks('bob', 'ring me in 2 seconds about the bus', /^Reminder 2: the bus, .*your phone will ring/);
    const call = await phone.nextCall();
    call.ring();
    await talk.told('bob', /^Reminder 2: the bus/);
    await talk.asks('bob', 'done', /^Done: the bus/);
    await call.wasCancelled;
    await talk.callIs('bob', 'cancelled');
  });

  await t.test('again and again: the rule and the next time are read back', async () => {
    await talk.asks('carol', 'remind me every evening at 8 about the pills', /^Reminder 2: the pills, every day, next .* at 20:00 \(UTC\)/);
  });
});
