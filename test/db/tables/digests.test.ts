import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { DigestTable } from '../../../src/db/tables/digests.ts';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const ledger = new LedgerTable(db);
const digests = new DigestTable(db);
const DIGEST = { id: 'digest:bob:1', recipient: '1001', sipUser: 'bob', dueAt: new Date(Date.now() + 60_000) };

beforeEach(() => db('ledger').delete());

async function plan(id: string): Promise<void> {
  await ledger.plan({ id, kind: 'direct-message', recipient: '1001', content: id, sipUser: 'bob' });
}

test('twenty that are held at once are in one digest, each once', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `call:${index}`);
  for (const id of ids) await plan(id);
  await Promise.all([...ids, ...ids].map((id) => digests.hold(id, DIGEST, 'quiet hours')));
  assert.deepEqual((await digests.members(DIGEST.id)).map(({ id }) => id).sort(), [...ids].sort());
  assert.equal((await ledger.listByState('planned')).filter(({ kind }) => kind === 'digest').length, 1);
});

test('closing while others join: each is in the text or free, never neither, never both', async () => {
  for (let round = 0; round < 10; round += 1) {
    const digest = { ...DIGEST, id: `digest:bob:${round}` };
    const ids = Array.from({ length: 8 }, (_, index) => `call:${round}:${index}`);
    for (const id of ids) await plan(id);
    await digests.hold(ids[0]!, digest, 'quiet hours');
    const [closed] = await Promise.all([
      digests.close(digest.id, (members) => members.map(({ id }) => id).join(' ')),
      ...ids.slice(1).map((id) => digests.hold(id, digest, 'quiet hours')),
    ]);
    const told = new Set(closed!.content.split(' '));
    for (const id of ids) assert.equal((await ledger.find(id))!.digestId === digest.id, told.has(id), id);
  }
});

test('a claim and a hold of the same message at once: one of them has it', async () => {
  for (let round = 0; round < 20; round += 1) {
    const id = `call:race:${round}`;
    await plan(id);
    const [claim, held] = await Promise.all([ledger.claim(id, 'dm'), digests.hold(id, { ...DIGEST, id: `digest:race:${round}` }, 'storm')]);
    assert.notEqual(claim === undefined, held === undefined, `claimed ${claim?.state}, held ${held?.digestId}`);
  }
});

test('members end with the digest, whatever the end, with its reason', async () => {
  await plan('a');
  await digests.hold('a', DIGEST, 'quiet hours');
  const closed = (await digests.close(DIGEST.id, () => 'text'))!;
  await ledger.finish(closed, { state: 'refused', reason: 'unlinked' });
  const [member] = await digests.members(DIGEST.id);
  assert.deepEqual([member?.state, member?.reason], ['refused', 'unlinked']);
});
