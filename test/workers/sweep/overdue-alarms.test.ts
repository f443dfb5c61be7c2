import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Transactions } from '../../../src/db/transactions.ts';
import { secondAlarmJob } from '../../../src/workers/alarm-jobs.ts';
import { overdueAlarms } from '../../../src/workers/sweep/overdue-alarms.ts';
import { withDatabase } from '../../db/embedded-database.ts';

const { db } = await withDatabase();
const { tables } = new Transactions(db);
const PATIENCE_MS = 30_000;

test('what has waited longer than it should is found in all tables, with its job; what is fresh is left alone', async () => {
  const nowMs = Date.now();
  const expiresAtMs = nowMs + 3600_000;
  for (const age of ['old', 'new']) {
    await tables.commands.receive([{ id: `post:${age}`, source: 'post', latestId: '1', authorId: '7', authorName: 'bob', text: '', postedAtMs: nowMs }]);
    await tables.calls.plan({ id: `call:${age}`, kind: 'call', sipUser: 'bob', target: '', targetName: '', expiresAtMs });
    await tables.sipMessages.plan({ id: `message:${age}`, sender: '', recipient: 'bob', body: '', store: true, expiresAtMs });
  }
  await db.raw(`update commands set received_at = now() - interval '31 seconds' where id = 'post:old'`);
  for (const table of ['calls', 'sip_messages']) await db.raw(`update ${table} set updated_at = now() - interval '31 seconds' where id like '%:old'`);
  const add = (number: number, atMs: number) => tables.schedules.add({ sipUser: 'bob', number, kind: 'reminder', ring: false, next: { atMs, zone: 'UTC' } });
  const late = await add(1, nowMs - PATIENCE_MS);
  await add(2, nowMs);

  const alarms = await overdueAlarms(tables, nowMs, PATIENCE_MS);
  assert.deepEqual(alarms.map((alarm) => secondAlarmJob(alarm, 'sweep')).map(({ queue, id }) => [queue, id]), [
    ['x-command', 'post:old~sweep'],
    ['sip-command', 'call:call:old~sweep'],
    ['sip-command', 'message:message:old~sweep'],
    ['schedule-due', `${late.id}:${nowMs - PATIENCE_MS}~sweep`],
  ]);
});
