import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { SipMessagesTable } from '../../../src/db/tables/sip-messages.ts';
import { withDatabase } from '../embedded-database.ts';

const { db } = await withDatabase();
const messages = new SipMessagesTable(db);

beforeEach(async () => {
  await db('sip_messages').delete();
});

const plan = (id: string, expiresAtMs = Date.now() + 60_000) =>
  messages.plan({ id, sender: 'bob', recipient: 'alice', body: 'hello', store: true, expiresAtMs });

test('a message is planned once', async () => {
  assert.equal(await plan('message:1'), true);
  assert.equal(await plan('message:1'), false);
  const found = await messages.find('message:1');
  assert.deepEqual([found?.state, found?.sender, found?.recipient, found?.body, found?.store], ['planned', 'bob', 'alice', 'hello', true]);
});

test('planned messages whose job must be lost are found, unless it is too late for them', async () => {
  await plan('message:1');
  await plan('message:2', Date.now() - 1);
  await db.raw(`update sip_messages set updated_at = now() - interval '31 seconds'`);
  assert.deepEqual(await messages.unclaimed(30_000), ['message:1']);
});

test('a message fails when it was not sent in time, or when the process that had it is gone', async () => {
  for (const id of ['waits', 'held', 'lost']) await plan(id);
  await plan('late', Date.now() - 1);
  await db.raw(`update sip_messages set state = 'claimed', node = case id when 'lost' then 'dead' else 'alive' end where id in ('held', 'lost')`);
  assert.equal(await messages.failLost(['dead']), 2);
  const states = Object.fromEntries((await db('sip_messages').select('id', 'state', 'reason')).map((row) => [row.id, [row.state, row.reason]]));
  assert.deepEqual(states, {
    waits: ['planned', null],
    held: ['claimed', null],
    lost: ['failed', 'the SIP process dead is gone'],
    late: ['failed', 'not sent in time'],
  });
});
