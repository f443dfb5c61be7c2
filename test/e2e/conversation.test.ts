/**
 * What people write on X, from their post or message to the phones and back, on real processes: of each thing that
 * they can ask for the main case, on both kinds of queue. The files beside this one go through each theme on one.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withBackends } from './backends.ts';
import { Conversation } from './conversation.ts';
import { openEar } from './ear.ts';
import { textOf } from './ringer.ts';

for (const { name, redis, url, db } of await withBackends()) {
  test(`the conversation with X, queue on ${name}`, async (t) => {
    const talk = await Conversation.start(t, { databaseUrl: url, db, redisUrl: redis?.url, set: ['worker.sweepMs=1000'] });
    await talk.addLinked('alice');
    await talk.stack.addUser('bob');
    const [bob, alice] = [await talk.ringer('bob'), await talk.ringer('alice')];

    await t.test('the operator gives bob a code, and he sends it', async () => {
      const [, code] = /^Code for bob: (\S+)$/m.exec(await talk.stack.sipweet('user', 'link', 'bob'))!;
      await talk.asks('bob', `link ${code}`, /^This account acts for bob now/);
    });

    await t.test('a mention that asks for a call: his phones ring first and show whom he is about to reach, then the other side; hanging up ends both', async () => {
      await talk.post('bob', '@sipweet call @alice_x');
      const first = await bob.answers();
      assert.deepEqual([first.caller, first.callerName, alice.calls.length], ['sip:alice@example.com', '@alice_x', 0]);
      const second = await alice.answers();
      assert.equal(second.caller, 'sip:bob@example.com');
      await talk.callIs('bob', 'connected');
      assert.equal(await second.hangUp(), 200);
      await first.wasHungUp;
      await talk.callIs('bob', 'ended');
      await talk.replied('bob', /^Calling alice_x\./);
      assert.deepEqual(await talk.unreplied('bob'), []);
    });

    await t.test('a call for later rings once, also when Redis was emptied in between', async () => {
      await talk.asks('bob', 'call alice in 5 seconds', /^Call 1: alice, /);
      await redis?.empty();
      const first = await bob.answers();
      (await alice.nextCall()).reject(486, 'Busy Here');
      await first.wasHungUp;
      await talk.told('bob', /^alice is busy/);
      await talk.told('alice', /^Missed call .*bob@example\.com/);
      assert.equal((await db('calls').where({ sipuser: 'bob' })).length, 2);
    });

    await t.test('"call back"', async () => {
      await talk.asks('alice', 'call back', /^Calling bob\./);
      await alice.answers();
      const second = await bob.answers();
      await talk.callIs('alice', 'connected');
      await talk.asks('alice', 'hang up', /^Ending the call to bob/);
      await second.wasHungUp;
      await talk.callIs('alice', 'ended');
    });

    await t.test('a reminder: told on X, written to the phone, and the phone rings', async () => {
      await talk.asks('bob', 'ring me in 2 seconds about the oven', /^Reminder 2: the oven, .*your phone will ring/);
      const call = await bob.nextCall();
      call.answer((await openEar(t)).description);
      await talk.told('bob', /^Reminder 2: the oven/);
      assert.equal(textOf(await bob.nextMessage()), 'Reminder: the oven');
      await talk.callIs('bob', 'connected');
      assert.equal(await call.hangUp(), 200);
      await talk.asks('bob', 'done', /^Done: the oven/);
    });

    await t.test('instant messages, both ways', async () => {
      await talk.asks('bob', '@alice_x: I am late', /^Your message goes to @alice_x/);
      assert.equal(textOf(await alice.nextMessage()), 'I am late');
      await bob.leave();
      assert.equal(await alice.agent.message('sip:bob@example.com', 'never mind'), 202);
      await talk.told('bob', /^From "Alice" <alice@example\.com>: never mind/);
    });

    await t.test('another language, help in it, and what was not understood with two examples', async () => {
      await talk.asks('bob', 'help', /^Calls\n {2}call alice\n/);
      await talk.asks('bob', 'cal alice tomorow', /^I do not understand "cal alice tomorow"\. Did you mean .*Try: ".+" or ".+"\./);
      await talk.asks('bob', 'language de', /^Ich schreibe dir jetzt auf Deutsch/);
      await talk.asks('bob', 'hilfe', /^Anrufe\n {2}ruf alice an\n/);
      await talk.asks('bob', 'Kauf mir ein Eis', /^Das verstehe ich nicht: "Kauf mir ein Eis"\. Versuch es so: ".+" oder ".+"\./);
      assert.deepEqual([await talk.untold('bob'), await talk.untold('alice')], [[], []]);
    });

    await t.test('"stop" ends it', async () => {
      await talk.asks('bob', 'stopp', /^Erledigt: dieses Konto handelt nicht mehr für bob/);
      await talk.post('bob', '@sipweet ruf alice an');
      await talk.replied('bob', /^I do not know yet who you are/);
      assert.equal((await db('calls').where({ sipuser: 'bob' }).whereNotIn('state', ['ended', 'failed'])).length, 0);
    });
  });
}
