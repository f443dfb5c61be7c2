import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { LedgerTable, type LedgerEntry } from '../../../src/db/tables/ledger.ts';
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
