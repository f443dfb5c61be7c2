/** The same with the words that people write. */
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { SchedulesTable } from '../../../src/db/tables/schedules.ts';
import { postWeight } from '../../../src/workers/render/post-weight.ts';
import { answerTextsFor } from '../../../src/workers/answers/catalogue.ts';
import { REFUSALS } from '../../../src/workers/commands/policy/refusal.ts';
import { ourGrammar } from '../../../src/workers/commands/our-grammar.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { NOW } from './fixtures.ts';
import { CommandStage, emptied } from './stage.ts';

const { db } = await withDatabase();
let stage: CommandStage;

beforeEach(async () => {
  await emptied(db);
  stage = new CommandStage(db, { grammar: ourGrammar });
  await stage.addUser('bob', '7', { time_zone: 'Europe/Berlin', region: 'DE' });
  await stage.addUser('alice', '8');
});

const targets = async () => (await db('calls').orderBy('planned_at')).map(({ target }) => target);

test('by mention or direct message, by handle, name, number and address', async () => {
  for (const [words, target] of [
    ['@bot call @alice_example', 'sip:alice@example.com'],
    ['@bot call Alice', 'sip:alice@example.com'],
    ['call alice_example', 'sip:alice@example.com'],
    ['@bot dial +49 30 901820', 'sip:+4930901820@gw.example.net:5080'],
    ['call 030 901820', 'sip:+4930901820@gw.example.net:5080'],
    ['@bot call sip:carol@example.org', 'sip:carol@example.org'],
    ['call sip:alice@sip.example.com', 'sip:alice@example.com'],
  ] as const) {
    await stage.say('7', words);
    assert.deepEqual(await targets(), [target], words);
    await db('calls').delete();
  }
});

test('no way to write an emergency number dials it', async () => {
  await db('subscriber').insert({ username: '112', domain: 'example.com' });
  await stage.addUser('emil', '9', { twuser: '911' });
  for (const words of ['call 112', 'call 1 1 2', 'ruf 110 an', 'dial 911', 'call +49112', 'call +49 110', 'call 0112', 'call tel:112', 'call tel:+49112', 'call sip:112@example.com', 'call sip:112@gw.example.net', 'call sip:110@192.0.2.1', 'forward to 112', 'call 112 in 10 minutes', 'call 999 every day at 9']) {
    const answer = await stage.say('7', words);
    assert.ok(answer !== undefined && answer !== '', words);
    assert.deepEqual([await targets(), (await db('schedules')).length], [[], 0], words);
  }
  assert.equal((await db('sipweetusers').where({ sipuser: 'bob' }).first()).forward_to, null);
  assert.match((await stage.say('7', 'call 112'))!, /emergency number/);
});

test('a scheduled call is read back with absolute time, zone, number and how to cancel it, then listed, moved and cancelled', async () => {
  const readBack = (await stage.say('7', 'call @alice_example tomorrow at 17:30'))!;
  assert.match(readBack, /^Call 1: alice_example, tomorrow, .* at 17:30 \(Europe\/Berlin\)\. .*"cancel 1"/);
  assert.match((await stage.say('7', 'list'))!, /^1: call alice_example, tomorrow.*17:30/);
  assert.match((await stage.say('7', 'move 1 to 18:00'))!, /^Moved 1 .*18:00/);
  assert.match((await stage.say('7', 'cancel 1'))!, /^Cancelled 1/);
  assert.match((await stage.say('7', 'cancel 1'))!, /nothing with the number 1/);
});

test('every weekday at 9 is a rule, and is read back as one', async () => {
  assert.match((await stage.say('7', 'call alice every weekday at 9'))!, /^Call 1: alice, every weekday, next .* at 09:00 \(Europe\/Berlin\)/);
  const [schedule] = await new SchedulesTable(db).activeOf('bob', 1);
  assert.equal(schedule?.rrule, 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR');
});

test('a conversation in German', async () => {
  assert.match((await stage.say('7', '@bot sprache de'))!, /Deutsch/);
  assert.match((await stage.say('7', '@bot erinnere mich morgen um 9 an Mama'))!, /^Erinnerung 1: Mama, morgen, .*09:00/);
  assert.match((await stage.say('7', 'liste'))!, /^1: Mama/);
  assert.match((await stage.say('7', 'weck mich morgen um 7'))!, /^Erinnerung 2: worum du gebeten hast, morgen, .*07:00.*klingelt/);
  assert.match((await stage.say('7', 'stopp'))!, /handelt nicht mehr/);
});

test('the profile by words', async () => {
  await stage.say('7', '@bot timezone Asia/Tokyo');
  await stage.say('7', 'notify off 22:00-07:00');
  await stage.say('7', 'forward to +49 30 901820');
  await stage.say('7', 'dnd on');
  const bob = await db('sipweetusers').where({ sipuser: 'bob' }).first();
  assert.deepEqual([bob.time_zone, bob.quiet_from, bob.quiet_to, bob.forward_to, bob.dnd], ['Asia/Tokyo', '22:00', '07:00', '+4930901820', true]);
  assert.match((await stage.say('7', 'profile'))!, /Asia\/Tokyo.*22:00-07:00.*\+4930901820/);
});

test('a message by words, in both forms', async () => {
  await stage.say('7', '@alice_example: see you at 8', { source: 'dm' });
  await stage.say('7', 'msg alice me too', { source: 'dm' });
  assert.deepEqual((await db('sip_messages').orderBy('planned_at')).map(({ recipient, body }) => [recipient, body]), [['alice', 'see you at 8'], ['alice', 'me too']]);
});

test('help under a post fits and says how to get the rest; as a direct message it is whole', async () => {
  const id = await stage.write('7', '@bot help');
  await stage.handle(id);
  const { content } = await db('ledger').where({ id: `answer:${id}` }).first();
  assert.ok(postWeight(content) <= 280);
  assert.match(content, /direct message/);
  assert.equal(await stage.say('7', 'help', { source: 'dm' }), ourGrammar.helpText('en'));
});

describe('what an answer tells people to write is understood', () => {
  const context = { nowMs: NOW, zone: 'Europe/Berlin', region: 'DE', botName: 'bot' };
  for (const locale of ['en', 'de']) {
    test(locale, () => {
      const texts = answerTextsFor(locale);
      const line = { number: 3, what: 'x', kind: 'call', when: 'then', rule: undefined } as const;
      const sentences = [
        texts.calling({ name: 'x' }), texts.scheduled({ ...line, ring: false }), texts.scheduled({ ...line, kind: 'reminder', ring: true }), texts.moved(line),
        texts.nothingScheduled, texts.listHelp, texts.listMore({ more: 3 }), texts.helpMore, texts.liveCall({ name: 'x' }), texts.snoozed(line), texts.notifySet(false), texts.forwardSet({ name: 'x' }),
        texts.dndSet(true), texts.linked({ sipUser: 'x' }), texts.reminder({ number: 3, about: 'x' }), ...Object.values(texts.linkRefused),
        ...REFUSALS.map((code) => texts.refusals[code]({ code, name: 'x', limit: 1 })),
      ];
      const quoted = sentences.flatMap((sentence) => [...sentence.matchAll(/["„]([^"“]+)["“]/g)].map((match) => match[1]!));
      assert.ok(quoted.length > 15);
      for (const words of quoted) assert.equal(ourGrammar.parseCommand(words, { ...context, locale }).ok, true, words);
    });
  }
});
