import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { LinksTable } from '../../../src/db/tables/links.ts';
import { SchedulesTable } from '../../../src/db/tables/schedules.ts';
import { UsersTable } from '../../../src/db/tables/users.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { at } from './fixtures.ts';
import { CommandStage, emptied } from './stage.ts';

const { db } = await withDatabase();
const users = new UsersTable(db);
let stage: CommandStage;

const CALL_ALICE = { verb: 'call', target: { kind: 'handle', handle: 'Alice_Example' } } as const;
const HELP = { verb: 'help' } as const;

beforeEach(async () => {
  await emptied(db);
  stage = new CommandStage(db);
  await stage.addUser('bob', '7');
  await stage.addUser('alice', '8');
});

const callsOf = () => db('calls').orderBy('id').select('id', 'state', 'sipuser', 'target', 'target_sipuser', 'cancel_requested');

test('a command of a linked user becomes a row of calls, an answer under the post, and the jobs for both', async () => {
  const id = await stage.write('7', CALL_ALICE);
  assert.deepEqual(await stage.handle(id), { kind: 'done' });
  assert.deepEqual(await callsOf(), [{ id: `call:${id}`, state: 'planned', sipuser: 'bob', target: 'sip:alice@example.com', target_sipuser: 'alice', cancel_requested: false }]);
  const answer = await db('ledger').where({ id: `answer:${id}` }).first();
  assert.deepEqual([answer.kind, answer.state, answer.recipient, answer.sipuser, answer.reply_to], ['answer', 'planned', '7', 'bob', id.slice('post:'.length)]);
  assert.match(answer.content, /^Calling Alice_Example\..* · ref [0-9a-z]{8}$/);
  assert.deepEqual([stage.jobs('sip-command'), stage.jobs('notice')], [[`call:call:${id}`], [`answer:${id}`]]);
  const row = await stage.rowOf(id);
  assert.deepEqual([row['state'], row['sipuser'], row['reason']], ['done', 'bob', 'call @Alice_Example']);
});

test('a direct message is answered by a direct message, with handles as they are', async () => {
  const id = await stage.write('7', CALL_ALICE, { source: 'dm' });
  await stage.handle(id);
  const answer = await db('ledger').where({ id: `answer:${id}` }).first();
  assert.equal(answer.reply_to, null);
  assert.match(answer.content, /^Calling @Alice_Example/);
});

test('the same job twice does nothing twice', async () => {
  const id = await stage.write('7', CALL_ALICE);
  await stage.handle(id);
  assert.deepEqual(await stage.handle(id), { kind: 'done' });
  assert.equal((await callsOf()).length, 1);
  assert.equal((await db('ledger')).length, 1);
});

test('a job handles what its author wrote before, in that order', async () => {
  const ids = [await stage.write('7', HELP), await stage.write('7', { verb: 'list' }), await stage.write('7', HELP)];
  await stage.handle(ids[1]!);
  assert.deepEqual(await Promise.all(ids.map(async (id) => (await stage.rowOf(id))['state'])), ['done', 'done', 'received']);
});

test('a schedule gets its number, and a job at its time', async () => {
  const atMs = stage.clock.now() + 3600_000;
  const id = await stage.write('7', { ...CALL_ALICE, when: at(atMs) });
  await stage.handle(id);
  const [schedule] = await new SchedulesTable(db).activeOf('bob', 10);
  assert.deepEqual([schedule?.number, schedule?.target, schedule?.next?.atMs], [1, 'sip:alice@example.com', atMs]);
  const job = stage.queue.added.flat().find(({ queue }) => queue === 'schedule-due');
  assert.deepEqual([job?.id, job?.atMs], [`${schedule?.id}:${atMs}`, atMs]);
  assert.match((await stage.answerTo(id))!, /^Call 1: .*"cancel 1"/);
});

test('a moved schedule gets a job for its new time', async () => {
  await stage.say('7', { ...CALL_ALICE, when: at(stage.clock.now() + 3600_000) });
  const atMs = stage.clock.now() + 7200_000;
  await stage.say('7', { verb: 'move', number: 1, when: at(atMs) });
  assert.deepEqual(stage.queue.added.flat().filter(({ queue }) => queue === 'schedule-due').map((job) => job.atMs! - atMs), [-3600_000, 0]);
});

test('a message becomes a row and a job', async () => {
  const id = await stage.write('7', { verb: 'message', target: { kind: 'handle', handle: 'alice_example' }, text: 'hi' });
  await stage.handle(id);
  const row = await db('sip_messages').first();
  assert.deepEqual([row.id, row.sender, row.recipient, row.body, row.store], [`message:${id}`, 'bob', 'alice', 'hi', true]);
  assert.deepEqual(stage.jobs('sip-command'), [`message:message:${id}`]);
});

test('cancel: a call that nobody has begun is over at once', async () => {
  await stage.say('7', CALL_ALICE);
  assert.match((await stage.say('7', { verb: 'cancel' }))!, /^Cancelled/);
  assert.deepEqual((await callsOf()).map(({ state }) => state), ['cancelled']);
});

test('call back calls the last caller: a user of ours, a number by the rules for numbers', async () => {
  const missed = (id: string, counterparty: string | null, ago: number) =>
    db.raw(
      `insert into ledger (id, kind, state, recipient, content, sipuser, counterparty, created_at) values (?, 'direct-message', 'done', '7', '', 'bob', ?, now() - make_interval(mins => ?))`,
      [id, counterparty, ago],
    );
  assert.match((await stage.say('7', { verb: 'call-back' }))!, /missed nobody/);
  await missed('m1', 'alice@sip.example.com', 50);
  await stage.say('7', { verb: 'call-back' });
  assert.deepEqual((await callsOf()).map(({ target, target_sipuser: user }) => [target, user]), [['sip:alice@example.com', 'alice']]);
  await db('calls').update({ state: 'ended' });
  await missed('m2', '030901820@gw.example.net', 40);
  await stage.say('7', { verb: 'call-back' });
  assert.equal((await callsOf()).at(-1)?.target, 'sip:+4930901820@gw.example.net:5080');
  await db('calls').update({ state: 'ended' });
  await missed('m3', '112@gw.example.net', 30);
  await stage.say('7', { verb: 'call-back' });
  assert.equal((await callsOf()).length, 2, 'an emergency number is no caller');
  await missed('m4', 'anonymous@anonymous.invalid', 20);
  assert.match((await stage.say('7', { verb: 'call-back' }))!, /hid the number/);
  await missed('m5', null, 10);
  assert.match((await stage.say('7', { verb: 'call-back' }))!, /hid the number/);
});

test('limits: a user has one call at a time, is told so, and the operator sees why', async () => {
  await stage.say('7', CALL_ALICE);
  const id = await stage.write('7', CALL_ALICE);
  await stage.handle(id);
  assert.match((await stage.answerTo(id))!, /You have a call/);
  const row = await stage.rowOf(id);
  assert.deepEqual([row['state'], row['reason']], ['refused', 'user-active: @Alice_Example (at most 1)']);
  assert.equal(stage.counters.define('worker.command.refused', '').value, 1);
  assert.equal((await callsOf()).length, 1);
});

test('limits hold when many workers plan at once', async () => {
  const limited = new CommandStage(db, { policy: { activeInAll: 3 } });
  const ids: string[] = [];
  for (let n = 0; n < 8; n += 1) {
    await limited.addUser(`u${n}`, `10${n}`);
    ids.push(await limited.write(`10${n}`, CALL_ALICE, { id: `post:9${n}`, latestId: `9${n}` }));
  }
  await Promise.all(ids.map((id) => limited.handle(id)));
  assert.equal((await callsOf()).length, 3);
});

test('words that are no command are answered with what was understood', async () => {
  const id = await stage.write('7', 'cal alice');
  await stage.handle(id);
  assert.equal(await stage.answerTo(id), 'not understood: cal alice [en]');
  assert.deepEqual([(await stage.rowOf(id))['state'], (await stage.rowOf(id))['reason']], ['refused', 'not-understood: unknown-command cal alice']);
});

test('a call that was read too late does not ring any more', async () => {
  const late = { postedAtMs: stage.clock.now() - 301_000 };
  assert.match((await stage.say('7', CALL_ALICE, late))!, /too late/);
  assert.deepEqual(await callsOf(), []);
  assert.equal(await stage.say('7', HELP, late), 'help [en]');
});

test('our own posts are ignored, whoever has our id', async () => {
  await stage.addUser('mirror', '1');
  const id = await stage.write('1', CALL_ALICE);
  await stage.handle(id);
  assert.equal((await stage.rowOf(id))['state'], 'ignored');
  assert.deepEqual([await callsOf(), await db('ledger')], [[], []]);
});

test('an account that is mapped but not linked can do nothing', async () => {
  await db('sipweetusers').where({ sipuser: 'bob' }).update({ linked_at: null });
  assert.match((await stage.say('7', CALL_ALICE))!, /link CODE/);
  assert.deepEqual(await callsOf(), []);
});

test('a handle is nobody\'s key: who takes the handle of a linked user gets nothing of him', async () => {
  assert.match((await stage.say('666', CALL_ALICE, { authorName: 'bob_example' }))!, /link CODE/);
  assert.deepEqual(await callsOf(), []);
});

test('a stranger is told once a day how to link, and after that not', async () => {
  assert.match((await stage.say('99', CALL_ALICE))!, /link CODE/);
  assert.equal(await stage.say('99', HELP), undefined);
  await db('commands').update({ posted_at: db.raw(`posted_at - interval '25 hours'`) });
  assert.match((await stage.say('99', HELP))!, /link CODE/);
});

test('so many strangers a day are told, and the others cost nothing', async () => {
  const thrifty = new CommandStage(db, { limits: { strangersPerDay: 2 } });
  const answers = [];
  for (const author of ['91', '92', '93']) answers.push(await thrifty.say(author, HELP));
  assert.deepEqual(answers.map((answer) => answer !== undefined), [true, true, false]);
});

test('a code links, and what is written next is done', async () => {
  const { code } = await new LinksTable(db).issue('carol', 60_000).catch(async () => {
    await db('subscriber').insert({ username: 'carol', domain: 'example.com' });
    return new LinksTable(db).issue('carol', 60_000);
  });
  const first = await stage.write('55', { verb: 'link', code }, { authorName: 'carol_x' });
  const second = await stage.write('55', CALL_ALICE, { authorName: 'carol_x' });
  await stage.handle(second);
  assert.match((await stage.answerTo(first))!, /acts for carol/);
  assert.deepEqual([(await stage.rowOf(first))['sipuser'], (await callsOf())[0]?.sipuser], ['carol', 'carol']);
});

test('a wrong code is answered; after five the account is told to wait', async () => {
  for (let n = 0; n < 5; n += 1) assert.match((await stage.say('55', { verb: 'link', code: `AAAA-AAA${n}` }, { postedAtMs: stage.clock.now() + n * 61_000 }))!, /no code of ours/);
  assert.match((await stage.say('55', { verb: 'link', code: 'AAAA-AAAA' }, { postedAtMs: stage.clock.now() + 600_000 }))!, /in an hour/);
});

test('stop is honoured at once, linked or only mapped, with everything that was planned', async () => {
  await stage.say('7', { ...CALL_ALICE, when: at(stage.clock.now() + 3600_000) });
  await stage.say('7', CALL_ALICE);
  assert.match((await stage.say('7', { verb: 'unlink' }))!, /acts for bob no more/);
  const bob = await users.show('bob');
  assert.deepEqual([bob.linkedAt, bob.notify], [undefined, false]);
  assert.deepEqual([(await callsOf()).map(({ state }) => state), await new SchedulesTable(db).countActive('bob')], [['cancelled'], 0]);
  assert.match((await stage.say('7', CALL_ALICE))!, /link CODE/);

  await users.add({ sipUser: 'dave', xUser: 'dave_example' });
  assert.match((await stage.say('77', { verb: 'unlink' }, { authorName: 'Dave_Example' }))!, /acts for dave no more/);
  assert.equal((await users.show('dave')).notify, false);
  const kinds = (await db('ledger').orderBy('created_at')).map(({ kind }: { kind: string }) => kind);
  assert.deepEqual(kinds.filter((kind) => kind === 'farewell').length, 2, 'told even when the budget is spent');
});

test('stop is honoured past every limit', async () => {
  const strict = new CommandStage(db, { limits: { perMinute: 1 } });
  await strict.say('7', HELP);
  await strict.say('7', HELP);
  assert.match((await strict.say('7', { verb: 'unlink' }))!, /acts for bob no more/);
});

test('a code that is right links past every limit; a wrong one is not answered there', async () => {
  await users.add({ sipUser: 'carol', xUser: 'carol_example' });
  const { code } = await new LinksTable(db).issue('carol', 600_000);
  for (let n = 0; n < 6; n += 1) await stage.say('9', HELP);
  assert.equal(await stage.say('9', { verb: 'link', code: 'AAAA-AAAA' }), undefined);
  assert.match((await stage.say('9', { verb: 'link', code }))!, /acts for carol/);
});

test('who has said stop is told once that he is no user any more, however much he wrote before', async () => {
  for (let n = 0; n < 12; n += 1) await stage.say('7', HELP);
  await stage.say('7', { verb: 'unlink' });
  assert.match((await stage.say('7', HELP))!, /link CODE/);
  assert.equal(await stage.say('7', HELP), undefined);
});

test('the confirmation of stop is a farewell, which a spent budget does not hold back; what a stranger is told is not', async () => {
  const [own, stranger] = [await stage.write('7', { verb: 'unlink' }), await stage.write('99', { verb: 'unlink' })];
  for (const id of [own, stranger]) await stage.handle(id);
  const kinds = await Promise.all([own, stranger].map(async (id) => (await db('ledger').where({ id: `answer:${id}` }).first('kind')).kind));
  assert.deepEqual(kinds, ['farewell', 'answer']);
});

test('too many commands: one answer, then silence until the window is over', async () => {
  const strict = new CommandStage(db, { limits: { perMinute: 3 } });
  const answers = [];
  for (let n = 0; n < 6; n += 1) answers.push(await strict.say('7', HELP));
  assert.deepEqual(answers.map((answer) => answer?.slice(0, 4)), ['help', 'help', 'help', 'That', undefined, undefined]);
  assert.equal(await strict.say('8', HELP), 'help [en]', 'another author is not concerned');
  assert.equal(await strict.say('7', HELP, { postedAtMs: strict.clock.now() + 120_000 }), 'help [en]');
  assert.deepEqual((await db('commands').where({ author_id: '7', state: 'refused' })).map(({ reason }) => reason), Array(3).fill('too-often (at most 3)'));
});

test('a new handle is followed', async () => {
  await stage.say('7', HELP, { authorName: 'bob_renamed' });
  assert.equal((await users.show('bob')).xUser, 'bob_renamed');
  assert.equal((await users.findByXName('bob_example')), undefined);
});

test('answers are in the language of the user, times in his zone', async () => {
  await db('sipweetusers').where({ sipuser: 'bob' }).update({ locale: 'de' });
  assert.match((await stage.say('7', CALL_ALICE))!, /^Ich rufe/);
});

test('a queue that is away keeps the job, not the effect: it comes again and adds the jobs', async () => {
  const id = await stage.write('7', CALL_ALICE);
  stage.queue.down = true;
  assert.equal((await stage.handle(id)).kind, 'retry-at');
  assert.equal((await callsOf()).length, 1);
  stage.queue.down = false;
  assert.deepEqual(await stage.handle(id), { kind: 'done' });
  assert.equal((await callsOf()).length, 1);
  assert.deepEqual(stage.jobs('notice'), [`answer:${id}`]);
});

test('a database that is away is waited for, burning no attempt', async () => {
  const gone = { run: async () => Promise.reject(new AppError('db.unreachable', 'away')), tables: { commands: { find: async () => Promise.reject(new AppError('db.unreachable', 'away')) } } };
  const away = new CommandStage(db, { transactions: gone as never });
  assert.equal((await away.handle('post:1')).kind, 'retry-at');
});

test('a job that names nothing is a dead letter', async () => {
  assert.equal((await stage.handle('post:404')).kind, 'dead');
  assert.equal((await stage.worker.handle({ queue: 'x-command', name: 'x-command', id: '', data: '{}', attempt: 1 })).kind, 'dead');
});

test('while another worker has the author the job comes back soon', async () => {
  const id = await stage.write('7', HELP);
  await db.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', ['commands of 7']);
    assert.equal((await stage.handle(id)).kind, 'retry-at');
  });
  assert.deepEqual(await stage.handle(id), { kind: 'done' });
});
