import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Retention } from '../../../src/db/tables/retention.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const DAY_MS = 86_400_000;

test('what has ended goes when it is old; what is young or still to be done stays, however old', async () => {
  const old = db.raw(`now() - interval '100 days'`);
  const ledger = { kind: 'answer', recipient: '1', content: 'text' };
  await db('ledger').insert([
    { ...ledger, id: 'old-done', state: 'done', updated_at: old },
    { ...ledger, id: 'old-planned', state: 'planned', updated_at: old },
    { ...ledger, id: 'young-done', state: 'done' },
  ]);
  const command = { source: 'dm', latest_id: '1', author_id: '1', author_name: 'a', text: 't', posted_at: old };
  await db('commands').insert([
    { ...command, id: 'old-done', state: 'done', received_at: old },
    { ...command, id: 'old-received', state: 'received', received_at: old },
  ]);
  const call = { kind: 'call', sipuser: 'bob', target: 'sip:a@b', target_name: 'a', expires_at: old, updated_at: old };
  await db('calls').insert([
    { ...call, id: 'old-ended', state: 'ended' },
    { ...call, id: 'old-planned', state: 'planned' },
  ]);
  const schedule = { sipuser: 'bob', kind: 'reminder', zone: 'UTC', updated_at: old };
  await db('schedules').insert([
    { ...schedule, number: 1, state: 'done' },
    { ...schedule, number: 2, state: 'active' },
  ]);

  assert.deepEqual(await new Retention(db).forget(90 * DAY_MS), { ledger: 1, commands: 1, calls: 1, schedules: 1 });
  assert.deepEqual(await db('ledger').orderBy('id').pluck('id'), ['old-planned', 'young-done']);
  assert.deepEqual(await db('commands').pluck('id'), ['old-received']);
  assert.deepEqual(await db('calls').pluck('id'), ['old-planned']);
  assert.deepEqual(await db('schedules').pluck('number'), [2]);
  assert.deepEqual(await new Retention(db).forget(90 * DAY_MS), {});
});

test('one call removes a thousand rows of a table at most', async () => {
  await db('spend').insert(Array.from({ length: 1200 }, () => ({ call: 'x', units: 1, micros: 1, at: db.raw(`now() - interval '100 days'`) })));
  const retention = new Retention(db);
  assert.deepEqual(await retention.forget(90 * DAY_MS), { spend: 1000 });
  assert.deepEqual(await retention.forget(90 * DAY_MS), { spend: 200 });
});
