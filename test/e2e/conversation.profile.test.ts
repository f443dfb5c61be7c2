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
test('profile', async (t) => {
  const talk = await Conversation.start(t, { databaseUrl: url, db, set: ['x.stormMessages=1000'] });
  await talk.addLinked('alice', 'bob', 'carol', 'dave', 'erin');
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

  /** Calls again and again until it goes the way that fits: the routing script reads settings every two seconds. */
  const callsUntil = (callee: string, wanted: number) =>
    until(
      `a call for ${callee} gets ${wanted}`,
      async () => {
        const call = alice.agent.call(`sip:${callee}@example.com`);
        const status = await Promise.race([call.ringing.then(() => 180), call.ended]);
        if (status < 200) call.cancel();
        await call.ended;
        return status === wanted;
      },
      STEP_MS,
    );

  await t.test('"dnd on": a caller gets 486, no phone rings, and the user is told of the call; "dnd off" lets calls through again', async () => {
    let rung = 0;
    await talk.stack.registeredPhone('dave', (call) => {
      rung += 1;
      call.ring();
    });
    await talk.asks('dave', 'dnd on', /^Do not disturb/);
    await callsUntil('dave', 486);
    await talk.told('dave', /^Missed call from .*alice@example\.com.*: busy/);
    const before = rung;
    assert.equal(await alice.agent.call('sip:dave@example.com').ended, 486);
    assert.equal(rung, before);
    await talk.asks('dave', 'dnd off', /^Calls come through again/);
    await callsUntil('dave', 180);
  });

  await t.test('"forward to": a call for bob, whose phone is busy, rings erin; "forward off" lets it come to his phone again', async () => {
    await talk.stack.registeredPhone('bob', (call) => call.reject(486, 'Busy Here'));
    await talk.stack.registeredPhone('erin', (call) => call.ring());
    await talk.asks('bob', 'forward to erin', /^Your calls go to erin now/);
    await callsUntil('bob', 180);
    await talk.asks('bob', 'forward off', /^Your calls come to your phones/);
    await callsUntil('bob', 486);
  });

  await t.test('the end of quiet hours: one digest of all of it', async () => {
    const text = await talk.told('carol', /^2 missed calls from 1 caller, 1 message:\n/, quietTo.toMillis() - Date.now() + STEP_MS);
    assert.ok(Date.now() >= quietTo.toMillis());
    assert.match(text, /alice@example\.com.*: 2, last at \d\d:\d\d/);
    assert.match(text, /\nFrom "Alice" <alice@example\.com>: see you at nine/);
    assert.deepEqual(await talk.untold('carol'), []);
  });
});
