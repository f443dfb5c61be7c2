import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { LedgerEntry } from '../../../src/db/tables/ledger-entry.ts';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import { until } from '../../jobs/until.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();
let ledger: LedgerTable;

const EFFECT = {
  id: 'missed-call:1',
  kind: 'direct-message',
  recipient: '1001',
  content: 'Missed call from Alice',
  callId: 'c1@a',
};

beforeEach(async () => {
  await database.db('ledger').delete();
  ledger = new LedgerTable(database.db);
});

async function claimed(id = EFFECT.id): Promise<LedgerEntry> {
  await ledger.plan({ ...EFFECT, id });
  return (await ledger.claim(id))!;
}

/** Makes an entry look as if nobody had touched it for that long. */
async function age(id: string, ms: number): Promise<void> {
  await database.db.raw('update ledger set updated_at = now() - make_interval(secs => ?) where id = ?', [ms / 1000, id]);
}

test('plan enters an effect once and returns what is there, whatever the second caller says', async () => {
  const first = await ledger.plan(EFFECT);
  assert.deepEqual([first.state, first.attempt, first.content, first.callId], ['planned', 0, EFFECT.content, 'c1@a']);
  await ledger.claim(EFFECT.id);
  const second = await ledger.plan({ ...EFFECT, content: 'something else' });
  assert.deepEqual([second.state, second.attempt, second.content], ['sending', 1, EFFECT.content]);
});

test('planned and claimed together, those before it count, and what is there already does not', async () => {
  const first = { channel: 'dm', storm: { messages: 3, windowMs: 60_000 } };
  const effect = (id: string, sipUser = 'bob') => ({ ...EFFECT, id, sipUser });
  await ledger.plan(effect('known'));
  await ledger.plan({ ...effect('old') });
  await database.db.raw(`update ledger set created_at = now() - interval '2 minutes' where id = 'old'`);
  const wanted = [effect('1'), effect('known'), effect('2'), effect('carol', 'carol'), effect('3')];
  const entries = await ledger.planAndClaimAll(wanted.map((one) => ({ effect: one, claim: first })));
  assert.deepEqual(entries.map((entry) => entry && `${entry.state} ${entry.attempt}`), ['sending 1', undefined, 'sending 1', 'sending 1', 'planned 0']);
  assert.deepEqual([await ledger.countBefore('3', 60_000), (await ledger.find('known'))?.state], [3, 'planned']);
});

test('of twenty workers that plan and claim at once one gets it', async () => {
  const first = { channel: 'dm', storm: { messages: 3, windowMs: 60_000 } };
  const claims = await Promise.all(Array.from({ length: 20 }, () => ledger.planAndClaim(EFFECT, first)));
  assert.deepEqual(claims.filter((claim) => claim !== undefined).map(({ state, attempt }) => `${state} ${attempt}`), ['sending 1']);
});

test('workers that enter messages to the same people at once keep to the limit together, and no two wait for each other', async () => {
  const first = { channel: 'dm', storm: { messages: 3, windowMs: 60_000 } };
  const entered = await Promise.all(
    Array.from({ length: 40 }, (_, worker) => {
      const users = worker % 2 === 0 ? ['ann', 'bob'] : ['bob', 'ann'];
      return ledger.planAndClaimAll(users.map((sipUser) => ({ effect: { ...EFFECT, id: `${sipUser} ${worker}`, sipUser }, claim: first })));
    }),
  );
  const sending = entered.flat().filter((entry) => entry?.state === 'sending').map((entry) => entry!.sipUser);
  assert.deepEqual(sending.sort(), ['ann', 'ann', 'ann', 'bob', 'bob', 'bob']);
  assert.equal(entered.flat().filter((entry) => entry?.state === 'planned').length, 74);
});

test('a worker that enters a message while another one enters the last that may go by itself waits for it, and counts it', async (t) => {
  const first = { channel: 'dm', storm: { messages: 1, windowMs: 60_000 } };
  const enter = (table: LedgerTable, id: string) => table.planAndClaim({ ...EFFECT, id, sipUser: 'bob' }, first);
  const other = await database.db.transaction();
  t.after(() => other.isCompleted() || other.rollback());
  assert.equal((await enter(new LedgerTable(other), 'first'))?.state, 'sending');
  const second = enter(ledger, 'second');
  const waiting = () => database.db.raw<{ rows: unknown[] }>(`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`);
  await until('it waits', async () => (await waiting()).rows.length > 0);
  await other.commit();
  assert.equal((await second)?.state, 'planned');
});

test('of twenty workers that claim at once one gets it', async () => {
  await ledger.plan(EFFECT);
  const claims = await Promise.all(Array.from({ length: 20 }, () => ledger.claim(EFFECT.id)));
  assert.equal(claims.filter((claim) => claim !== undefined).length, 1);
  assert.equal((await ledger.find(EFFECT.id))?.attempt, 1);
});

test('a claim of something that was never planned gives nothing', async () => {
  assert.equal(await ledger.claim('unknown'), undefined);
});

test('done keeps the remote id, and is the end: no claim, no release, no other outcome', async () => {
  const claim = await claimed();
  const done = await ledger.finish(claim, { state: 'done', remoteId: 'dm-7' });
  assert.deepEqual([done?.state, done?.remoteId], ['done', 'dm-7']);
  assert.equal(await ledger.claim(EFFECT.id), undefined);
  assert.equal(await ledger.release(claim, 'late'), undefined);
  assert.equal(await ledger.finish(claim, { state: 'refused', reason: 'late' }), undefined);
  assert.equal((await ledger.find(EFFECT.id))?.state, 'done');
});

for (const state of ['refused', 'parked'] as const) {
  test(`${state} keeps its reason`, async () => {
    const ended = await ledger.finish(await claimed(), { state, reason: 'the recipient takes no messages' });
    assert.deepEqual([ended?.state, ended?.reason], [state, 'the recipient takes no messages']);
  });
}

test('an effect that never came to a send may end from planned', async () => {
  const planned = await ledger.plan(EFFECT);
  assert.equal((await ledger.finish(planned, { state: 'refused', reason: 'no X user' }))?.state, 'refused');
  assert.equal(await ledger.claim(EFFECT.id), undefined);
});

test('release gives it back with the reason; the next claim is a new attempt', async () => {
  const claim = await claimed();
  const released = await ledger.release(claim, 'rate limited');
  assert.deepEqual([released?.state, released?.reason], ['planned', 'rate limited']);
  const again = await ledger.claim(EFFECT.id);
  assert.deepEqual([again?.state, again?.attempt, again?.reason], ['sending', 2, undefined]);
});

test('findSending finds only what has been sending for that long, the oldest first', async () => {
  await claimed('young');
  await claimed('old');
  await claimed('older');
  await ledger.plan({ ...EFFECT, id: 'planned' });
  await age('old', 61_000);
  await age('older', 90_000);
  await age('planned', 90_000);
  assert.deepEqual((await ledger.findSending(60_000)).map((entry) => entry.id), ['older', 'old']);
  assert.deepEqual((await ledger.findSending(60_000, 1)).map((entry) => entry.id), ['older']);
});

test('of many that take a dead worker\'s claim over one gets it, and the dead one\'s claim is worth nothing', async () => {
  const dead = await claimed();
  assert.equal(await ledger.takeOver(dead, 60_000), undefined, 'it is not old enough');
  await age(EFFECT.id, 60_000);
  const tries = await Promise.all(Array.from({ length: 10 }, () => ledger.takeOver(dead, 60_000)));
  const taken = tries.filter((entry) => entry !== undefined);
  assert.equal(taken.length, 1);
  assert.equal(await ledger.finish(dead, { state: 'done' }), undefined);
  assert.equal(await ledger.release(dead, 'woke up'), undefined);
  assert.equal((await ledger.finish(taken[0]!, { state: 'parked', reason: 'uncertain' }))?.state, 'parked');
});

test('listByState', async () => {
  await ledger.finish(await claimed('a'), { state: 'done' });
  await ledger.plan({ ...EFFECT, id: 'b' });
  await ledger.plan({ ...EFFECT, id: 'c' });
  assert.deepEqual((await ledger.listByState('planned')).map((entry) => entry.id), ['b', 'c']);
  assert.deepEqual((await ledger.listByState('done')).map((entry) => entry.id), ['a']);
  assert.deepEqual(await ledger.listByState('parked'), []);
});

test('the database itself knows no other state', async () => {
  await ledger.plan(EFFECT);
  await assert.rejects(database.db('ledger').update({ state: 'lost' }), { code: '23514' });
});

test(`an event key like x'or'1'='1 is a key`, async () => {
  await ledger.plan(EFFECT);
  const id = `missed-call:x'or'1'='1`;
  assert.equal(await ledger.claim(id), undefined);
  const claim = await claimed(id);
  await ledger.finish(claim, { state: 'done', reason: `'); delete from ledger; --` });
  assert.equal((await ledger.find(EFFECT.id))?.state, 'planned');
});

test('refuse gives it back without that way, and keeps each refusal with its reason', async () => {
  const claim = await claimed();
  const once = await ledger.refuse(claim, 'dm', 'closed');
  assert.deepEqual([once?.state, once?.reason, once?.refusals], ['planned', 'closed', { dm: 'closed' }]);
  const again = (await ledger.claim(EFFECT.id, 'reply'))!;
  assert.deepEqual([again.channel, again.refusals], ['reply', { dm: 'closed' }]);
  assert.equal(await ledger.refuse(claim, 'reply', 'late'), undefined, 'not with a claim that is over');
  assert.deepEqual((await ledger.refuse(again, 'reply', `not '"summoned"\\`))?.refusals, { dm: 'closed', reply: `not '"summoned"\\` });
});

test('putOff notes until when and for what, of what is planned only', async () => {
  const until = new Date(Date.now() + 60_000);
  await ledger.plan(EFFECT);
  const entry = await ledger.putOff(EFFECT.id, until, 'the budget is spent');
  assert.deepEqual([entry?.state, entry?.notBefore, entry?.reason], ['planned', until, 'the budget is spent']);
  await ledger.claim(EFFECT.id);
  assert.equal(await ledger.putOff(EFFECT.id, until, 'late'), undefined);
});

test('an answer waits for older ones to the same person, and for nothing else', async () => {
  const answer = { kind: 'answer', recipient: '1001', content: 'x' };
  for (const id of ['c', 'b', 'a']) await ledger.plan({ ...answer, id });
  await ledger.plan({ ...answer, id: 'other', recipient: '1002' });
  await ledger.plan({ ...answer, id: 'call', kind: 'outcome' });
  assert.equal((await ledger.unsentBefore('a', 60_000))?.id, 'c');
  assert.equal(await ledger.unsentBefore('c', 60_000), undefined);
  assert.equal(await ledger.unsentBefore('other', 60_000), undefined);

  const claim = (await ledger.claim('c'))!;
  assert.equal((await ledger.unsentBefore('a', 60_000))?.id, 'c', 'it is being sent');
  await ledger.finish(claim, { state: 'done' });
  assert.equal((await ledger.unsentBefore('a', 60_000))?.id, 'b');
  await ledger.putOff('b', new Date(Date.now() + 60_000), 'waits');
  assert.equal((await ledger.unsentBefore('a', 60_000))?.id, 'b', 'it is put off, and what goes the same way with it');
  await ledger.plan({ ...answer, id: 'reply', replyTo: '7' });
  assert.equal((await ledger.unsentBefore('reply', 60_000))?.id, 'a', 'the other way is open');
  await ledger.finish((await ledger.claim('a'))!, { state: 'done' });
  assert.equal(await ledger.unsentBefore('reply', 60_000), undefined);
  await ledger.plan({ ...answer, kind: 'farewell', id: 'bye' });
  assert.equal((await ledger.unsentBefore('bye', 60_000))?.id, 'reply', 'a farewell does not wait for what is put off');
  await ledger.putOff('b', new Date(Date.now() - 50_000), 'waits no more');
  await age('b', 3_600_000);
  assert.equal((await ledger.unsentBefore('a', 60_000))?.id, 'b', 'it may go since less than a minute');
  await database.db('ledger').where({ id: 'b' }).update({ not_before: null });
  assert.equal(await ledger.unsentBefore('a', 60_000), undefined, 'it is stuck');
});

test('rows of one transaction keep the order in which they were planned', async () => {
  await database.db.transaction(async (trx) => {
    for (const id of ['z', 'y', 'x']) await new LedgerTable(trx).plan({ ...EFFECT, kind: 'answer', id });
  });
  assert.deepEqual([(await ledger.unsentBefore('y', 60_000))?.id, await ledger.unsentBefore('z', 60_000)], ['z', undefined]);
});

test('countBefore counts what one user was told by itself in the time before', async () => {
  const call = { ...EFFECT, sipUser: 'bob' };
  await ledger.plan({ ...call, id: '1' });
  await ledger.plan({ ...call, id: '2', kind: 'instant-message' });
  await ledger.plan({ ...call, id: '3', kind: 'answer' });
  await ledger.plan({ ...call, id: '4', sipUser: 'carol' });
  await ledger.finish(await ledger.plan({ ...call, id: '5' }), { state: 'refused', reason: 'never sent' });
  await ledger.plan({ ...call, id: '6' });
  assert.equal(await ledger.countBefore('6', 60_000), 2);
  assert.equal(await ledger.countBefore('1', 60_000), 0);
  await database.db.raw(`update ledger set created_at = created_at - interval '2 minutes' where id = '1'`);
  assert.equal(await ledger.countBefore('6', 60_000), 1);
});

test('plannedLongerThan finds what may go and has not moved; what waits for its time or its digest is left alone', async () => {
  for (const id of ['young', 'old', 'waits', 'waited', 'sending']) await ledger.plan({ ...EFFECT, id });
  await ledger.claim('sending');
  await ledger.putOff('waits', new Date(Date.now() + 60_000), 'quiet hours');
  await ledger.putOff('waited', new Date(Date.now() - 120_000), 'quiet hours');
  for (const id of ['old', 'waits', 'waited', 'sending']) await age(id, 90_000);
  assert.deepEqual((await ledger.plannedLongerThan(60_000)).map(({ id }) => id), ['old', 'waited']);
  assert.deepEqual((await ledger.plannedLongerThan(60_000, 1)).map(({ id }) => id), ['old']);
  await database.db('ledger').where({ id: 'old' }).update({ digest_id: 'digest:bob:1' });
  assert.deepEqual((await ledger.plannedLongerThan(60_000)).map(({ id }) => id), ['waited']);
});
