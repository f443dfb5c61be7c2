/** Who may act for whom: one-time codes, strangers, "stop", a new name on X. On one kind of queue: links are in the database with both. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../db/embedded-database.ts';
import { until } from '../jobs/until.ts';
import { Conversation } from './conversation.ts';
import { onX, STEP_MS } from './stack.ts';

const { url, db } = await withDatabase({ migrated: false });

test('linking', async (t) => {
  const talk = await Conversation.start(t, { databaseUrl: url, db });
  const { stack } = talk;
  await talk.addLinked('alice');
  const alice = await talk.ringer('alice');
  const codeFor = async (name: string) => /^Code for \w+: (\S+)$/m.exec(await stack.sipweet('user', 'link', name))![1]!;
  const linked = async (name: string) => (await db('sipweetusers').where({ sipuser: name }).whereNotNull('linked_at')).length === 1;

  await t.test('before the code a mapped account cannot call: it is told once how to link, and nothing rings', async () => {
    await stack.addUser('bob');
    await talk.asks('bob', 'call @alice_x', /^I do not know yet who you are on the phone/);
    await talk.dm('bob', 'call @alice_x');
    await talk.post('bob', '@sipweet call @alice_x');
    // A third person's answer shows that these were not just slow.
    await talk.asks('alice', 'list', /nothing scheduled/);
    assert.deepEqual([await talk.untold('bob'), await talk.unreplied('bob')], [[], []]);
    assert.deepEqual([await db('calls'), await linked('bob')], [[], false]);
  });

  await t.test('a code by direct message, however it is written, links; it is good once', async () => {
    const code = await codeFor('bob');
    await talk.asks('bob', `link ${code.toLowerCase().replaceAll('-', ' ')}`, /^This account acts for bob now\./);
    assert.equal(await linked('bob'), true);
    await talk.asks('mallory', `link ${code}`, /^That code was used before/);
    await talk.asks('mallory', 'link SW-2222-2222', /^That is no code of ours/);
  });

  await t.test('a code in a mention links too, and is answered under the post', async () => {
    await stack.addUser('carol');
    const code = await codeFor('carol');
    await talk.post('carol', `@sipweet link ${code}`);
    await talk.replied('carol', /^This account acts for carol now/);
    assert.equal(await linked('carol'), true);
  });

  await t.test('five wrong codes, and the account has to wait, with the right one too', async () => {
    await stack.addUser('dave');
    const code = await codeFor('dave');
    for (let tries = 0; tries < 5; tries += 1) await talk.dm('guesser', `link SW-3333-333${tries + 2}`);
    for (let tries = 0; tries < 5; tries += 1) await talk.told('guesser', /^That is no code of ours/);
    await talk.dm('guesser', `link ${code}`);
    await talk.asks('alice', 'list', /nothing scheduled/);
    assert.equal(await linked('dave'), false);
    assert.ok((await talk.untold('guesser')).every((text) => /^Too many wrong codes/.test(text)));
  });

  await t.test('a new name on X is followed with the next command: the account goes on acting for its user, and is found by the new name only', async () => {
    await stack.sandbox.rename(onX('carol'), onX('carola'));
    await talk.asks('carola', 'list', /nothing scheduled/);
    assert.deepEqual(await db('sipweetusers').where({ sipuser: 'carol' }).select('twuser'), [{ twuser: onX('carola') }]);
    await talk.asks('alice', 'msg @carol_x hello', /^@carol_x has no phone with us/);
    await talk.asks('alice', 'msg @carola_x hello', /^Your message goes to @carola_x/);
  });

  await t.test('"stop": parted at once, what was planned is cancelled, and nothing is sent any more', async () => {
    await talk.asks('bob', 'remind me in 2 seconds to breathe', /^Reminder 1/);
    await talk.asks('bob', 'stop', /^Done: this account acts for bob no more/);
    assert.equal(await linked('bob'), false);
    assert.equal(await alice.agent.call('sip:bob@example.com').ended, 480, 'a call that bob is not told of');
    await talk.dm('bob', 'call @alice_x');
    await until('the missed call is refused', async () => (await db('ledger').where({ sipuser: 'bob', kind: 'direct-message', state: 'refused' })).length === 1, STEP_MS);
    assert.deepEqual(await db('schedules').where({ sipuser: 'bob' }).select('state'), [{ state: 'cancelled' }]);
    assert.deepEqual([await talk.untold('bob'), alice.calls], [[], []]);
  });

  await t.test('"stop" of a stranger is answered, and so is one in German', async () => {
    await talk.asks('nobody', 'stopp', /belongs to no user of ours/);
  });

  await t.test('after "stop" the phone goes on working, and a new code links again', async () => {
    const bob = await talk.ringer('bob');
    await talk.asks('bob', `link ${await codeFor('bob')}`, /^This account acts for bob now/);
    const call = alice.agent.call('sip:bob@example.com');
    (await bob.nextCall()).reject(486, 'Busy Here');
    assert.equal(await call.ended, 486);
    await talk.told('bob', /^Missed call .*: busy/);
  });
});
