/**
 * What people set of themselves: stored, confirmed, and obeyed by answers, messages and the routing script. On one
 * kind of queue: the settings are in the database with both.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DateTime } from 'luxon';
import { withDatabase } from '../db/embedded-database.ts';
import { until } from '../jobs/until.ts';
import { Conversation } from './conversation.ts';
import { STEP_MS } from './stack.ts';

const { url, db } = await withDatabase({ migrated: false });
/** What the routing script remembers of a user is one second old at most here. */
const HTABLES = { ipban: { autoexpireS: 300 }, profiles: { autoexpireS: 1 } };

test('profile', async (t) => {
  const talk = await Conversation.start(t, { databaseUrl: url, db, set: [`script.htables=${JSON.stringify(HTABLES)}`] });
  await talk.addLinked('alice', 'bob', 'carol', 'dave');
  const alice = await talk.ringer('alice');

  await t.test('"timezone Europe/Berlin": confirmed with the time of day there, and times are said in it', async () => {
    await talk.asks('bob', 'timezone Europe/Berlin', new RegExp(`^Your time zone is Europe/Berlin: it is ${DateTime.now().setZone('Europe/Berlin').toFormat('HH')}:\\d\\d there`));
    await talk.asks('bob', 'remind me tomorrow at 9 to call mum', /at 09:00 \(Europe\/Berlin\)/);
    await talk.asks('bob', 'timezone Atlantis', /time zone.*Atlantis.*Try:/);
  });

  await t.test('"language de": this answer and all later ones, and messages about missed calls, are German', async () => {
    await talk.asks('bob', 'language de', /^Ich schreibe dir jetzt auf Deutsch/);
    await talk.asks('bob', 'liste', /^1: call mum, morgen, .*, um 09:00 Uhr \(Europe\/Berlin\)/);
    await talk.asks('bob', 'ruf alice jeden Werktag um 9 an', /^Anruf 2: alice, jeden Werktag von Montag bis Freitag, als Nächstes .*09:00 Uhr/);
    assert.equal(await alice.agent.call('sip:bob@example.com').ended, 480);
    await talk.told('bob', /^Verpasster Anruf von .*alice@example\.com.*: dein Telefon war nicht erreichbar/);
    await talk.asks('bob', 'profil', /^Du bist bob · Zeitzone Europe\/Berlin · Sprache de/);
    await talk.asks('bob', 'sprache en', /^I write in English/);
  });

  // Quiet from now on until a minute begins that is not too near; the digest is looked for at the end of this test.
  const now = DateTime.utc();
  const quietTo = now.plus({ seconds: 75 }).startOf('minute');
  await t.test('"notify off 22:00-07:00": what is missed in quiet hours is held, while what somebody asks is answered', async () => {
    await talk.asks('carol', `notify off ${now.minus({ minutes: 2 }).toFormat('HH:mm')}-${quietTo.toFormat('HH:mm')}`, /^Missed calls and messages between .* are told in one message at \d\d:\d\d/);
    for (let calls = 0; calls < 2; calls += 1) assert.equal(await alice.agent.call('sip:carol@example.com').ended, 480);
    assert.equal(await alice.agent.message('sip:carol@example.com', 'see you at nine'), 202);
    await until('all three are held', async () => (await db('ledger').where({ sipuser: 'carol' }).whereNotNull('digest_id')).length === 3, STEP_MS);
    await talk.asks('carol', 'profile', /^You are carol .* quiet \d\d:\d\d-\d\d:\d\d/);
    assert.deepEqual(await talk.untold('carol'), []);
  });

  await t.test('"dnd on": a caller gets 486, no phone rings, and the user is told of the call; "dnd off" lets calls through again', async () => {
    let rung = 0;
    await talk.stack.registeredPhone('dave', (call) => {
      rung += 1;
      call.ring();
    });
    await talk.asks('dave', 'dnd on', /^Do not disturb/);
    assert.equal(await alice.agent.call('sip:dave@example.com').ended, 486);
    await talk.told('dave', /^Missed call from .*alice@example\.com/);
    assert.equal(rung, 0);
    await talk.asks('dave', 'dnd off', /^Calls come through again/);
    await until(
      'a call comes through',
      async () => {
        const call = alice.agent.call('sip:dave@example.com');
        const status = await Promise.race([call.ringing.then(() => 180), call.ended]);
        if (status !== 486) call.cancel();
        return status !== 486;
      },
      STEP_MS,
    );
  });

  await t.test('"forward to": a call for bob rings carol, until "forward off"', async () => {
    const [bob, carol] = [await talk.ringer('bob'), await talk.ringer('carol')];
    await talk.asks('bob', 'forward to carol', /^Your calls go to carol now/);
    const call = alice.agent.call('sip:bob@example.com');
    const incoming = await carol.nextCall();
    incoming.ring();
    incoming.answer();
    assert.equal(await call.ended, 200);
    assert.equal(await call.hangUp(), 200);
    assert.equal(bob.calls.length, 0);
    await talk.asks('bob', 'forward off', /^Your calls come to your phones/);
  });

  await t.test('the end of quiet hours: one digest of all of it', async () => {
    const text = await talk.told('carol', /^2 missed calls from 1 caller, 1 message:\n/, quietTo.toMillis() - Date.now() + STEP_MS);
    assert.ok(Date.now() >= quietTo.toMillis());
    assert.match(text, /alice@example\.com.*: 2, last at \d\d:\d\d/);
    assert.match(text, /\nFrom "Alice" <alice@example\.com>: see you at nine/);
    assert.deepEqual(await talk.untold('carol'), []);
  });
});
