/**
 * Calls for later: read back, listed, moved, cancelled, and rung once. On one kind of queue: that both ring what is
 * due is in `conversation.test.ts`, and what becomes of it after a crash in `test/workers/schedules`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../db/embedded-database.ts';
import { Conversation } from './conversation.ts';

const { url, db } = await withDatabase({ migrated: false });

test('calls for later', async (t) => {
  const talk = await Conversation.start(t, { databaseUrl: url, db, set: ['calls.graceMs=2000', 'worker.sweepMs=1000'] });
  await talk.addLinked('alice', 'bob', 'carol', 'dave');
  const stored = (name: string) => db('schedules').where({ sipuser: name }).orderBy('number');

  await t.test('"in 3 seconds": rings once, the phones of who asked first', async () => {
    const [bob, alice] = [await talk.ringer('bob'), await talk.ringer('alice')];
    await talk.asks('bob', 'call @alice_x in 3 seconds', /^Call 1: @alice_x, .*today.* at \d\d:\d\d.*\(UTC\)/);
    assert.equal(bob.calls.length, 0);
    const first = await bob.answers();
    assert.equal(first.callerName, '@alice_x');
    const second = await alice.answers();
    await talk.callIs('bob', 'connected');
    await second.hangUp();
    await first.wasHungUp;
    await talk.callIs('bob', 'ended');
    // A sweep has looked at it by now.
    await talk.asks('bob', 'list', /^You have nothing scheduled/);
    assert.deepEqual([bob.calls.length, alice.calls.length, (await db('calls').where({ sipuser: 'bob' })).length], [1, 1, 1]);
    assert.deepEqual((await stored('bob')).map(({ state }) => state), ['done']);
  });

  await t.test('a wall-clock time is read back absolutely, with zone, number and how to change it; list, move and cancel go by the number', async () => {
    await talk.asks('carol', 'timezone Europe/Berlin', /Europe\/Berlin/);
    await talk.asks('carol', 'call @alice_x tomorrow at 17:30', /^Call 1: @alice_x, tomorrow, \w{3} \d{1,2} \w{3} at 17:30 \(Europe\/Berlin\)\. "cancel 1" or "move 1 to 18:00" changes it/);
    await talk.asks('carol', 'remind me in 2 days to water the plants', /^Reminder 2: water the plants, /);
    await talk.asks('carol', 'list', /^1: call @alice_x, tomorrow, .* at 17:30 \(Europe\/Berlin\)\n2: water the plants, .*\n.*"cancel 3"/);
    await talk.asks('carol', 'move 1 to 18:00', /^Moved 1 \(@alice_x\): .* at 18:00 \(Europe\/Berlin\)/);
    await talk.asks('carol', 'cancel 1', /^Cancelled 1: .*@alice_x/);
    await talk.asks('carol', 'cancel 1', /nothing with the number 1/);
    await talk.asks('carol', 'list', /^2: water the plants/);
    assert.deepEqual((await stored('carol')).map(({ state }) => state), ['cancelled', 'active']);
  });

  await t.test('a rule is stored as RFC 5545 has it, with its wall-clock time and zone', async () => {
    await talk.asks('dave', 'timezone America/New_York', /America\/New_York/);
    await talk.asks('dave', 'call @alice_x every weekday at 9', /^Call 1: @alice_x, every weekday, next .* at 09:00 \(America\/New_York\)/);
    const [row] = await stored('dave');
    assert.match(row.rrule, /^(RRULE:)?FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR/);
    assert.deepEqual([row.zone, /T?09:00/.test(JSON.stringify(row))], ['America/New_York', true]);
    assert.ok(row.next_at.getTime() > Date.now());
  });

  await t.test('moved to earlier it rings then, and not at the old time', async () => {
    const [carol, alice] = [await talk.ringer('carol'), await talk.ringer('alice')];
    await talk.asks('carol', 'call @alice_x in 5 seconds', /^Call 3: /);
    await talk.asks('carol', 'move 3 to in 2 seconds', /^Moved 3 /);
    (await carol.nextCall()).reject(603, 'Decline');
    await talk.told('carol', /^You declined/);
    await talk.asks('carol', 'list', /^2: water the plants/);
    assert.equal(alice.calls.length, 0);
  });

  await t.test('what the sweep finds overdue by more than calls.graceMs does not ring any more: the user is told that it was missed', async () => {
    const bob = await talk.ringer('bob');
    await talk.asks('bob', 'call @alice_x in 2 seconds', /^Call 2: /);
    await db('schedules').where({ sipuser: 'bob', number: 2 }).update({ next_at: new Date(Date.now() - 60_000) });
    await talk.told('bob', /^Missed: the call to @alice_x \(2\) was due /);
    assert.equal(bob.calls.length, 0);
  });
});
