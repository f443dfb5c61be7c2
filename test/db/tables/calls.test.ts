import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { CallsTable, type CallState, type NewCall } from '../../../src/db/tables/calls.ts';
import { SipNodesTable } from '../../../src/db/tables/sip-nodes.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();
const { db } = database;
const calls = new CallsTable(db);
const nodes = new SipNodesTable(db);
const LASTS_MS = 3600_000;

beforeEach(async () => {
  await db('calls').delete();
  await db('sip_nodes').delete();
});

function plan(id: string, change: Partial<NewCall> = {}): Promise<boolean> {
  return calls.plan({ id, kind: 'call', sipUser: 'bob', target: 'sip:alice@example.com', targetName: '@alice', expiresAtMs: Date.now() + 60_000, ...change });
}

/** As the SIP side does it. */
async function claim(id: string, node: string): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `update calls set state = 'claimed', node = ?, claimed_at = now(), updated_at = now()
     where id = ? and state = 'planned' and expires_at > now() and not cancel_requested`,
    [node, id],
  );
  return rowCount > 0;
}

test('a call is planned once', async () => {
  assert.equal(await plan('call:1', { targetSipUser: 'alice', commandId: 'post:1', replyTo: '1' }), true);
  assert.equal(await plan('call:1', { target: 'sip:eve@example.com' }), false);
  const call = await calls.find('call:1');
  assert.deepEqual([call?.state, call?.target, call?.targetSipUser, call?.replyTo], ['planned', 'sip:alice@example.com', 'alice', '1']);
});

test('a planned call is cancelled at once and can be claimed by nobody', async () => {
  await plan('call:1');
  assert.equal((await calls.cancel('call:1'))?.state, 'cancelled');
  assert.equal(await claim('call:1', 'n1'), false);
  assert.equal(await calls.cancel('call:1'), undefined);
});

test('a call that was begun is asked to end, and goes on until its process says so', async () => {
  await plan('call:1');
  await claim('call:1', 'n1');
  const call = await calls.cancel('call:1');
  assert.deepEqual([call?.state, call?.cancelRequested], ['claimed', true]);
  assert.equal((await calls.advance('call:1', { state: 'cancelled', atMs: Date.now() }))?.state, 'cancelled');
});

test('states only go forward and the last one stays, in whatever order and however often events come', async () => {
  const order: readonly CallState[] = ['claimed', 'ringing', 'answered', 'connected', 'ended'];
  const events = fc.array(fc.constantFrom<CallState>('ringing', 'answered', 'connected', 'ended', 'failed', 'cancelled'), { minLength: 1, maxLength: 8 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(events, async (states) => {
      const id = `call:${(run += 1)}`;
      await plan(id);
      await claim(id, 'n1');
      let expected: CallState = 'claimed';
      for (const state of states) {
        const isOver = ['ended', 'failed', 'cancelled'].includes(expected);
        const moves: boolean = !isOver && (order.indexOf(state) === -1 || order.indexOf(state) > order.indexOf(expected));
        const moved = await calls.advance(id, { state, atMs: Date.UTC(2026, 0, 1) });
        assert.equal(moved !== undefined, moves);
        if (moves) expected = state;
        assert.equal((await calls.find(id))?.state, expected);
      }
    }),
    { numRuns: 40 },
  );
});

test('when it connected and when it ended are kept', async () => {
  await plan('call:1');
  await claim('call:1', 'n1');
  await calls.advance('call:1', { state: 'connected', atMs: 1_800_000_000_123 });
  await calls.advance('call:1', { state: 'ended', atMs: 1_800_000_009_456 });
  const call = await calls.find('call:1');
  assert.deepEqual([call?.connectedAt?.getTime(), call?.endedAt?.getTime()], [1_800_000_000_123, 1_800_000_009_456]);
});

test('what is live waits in time, rings or talks; a row without news for longer than a call lasts is not', async () => {
  await plan('call:waits');
  await plan('call:late', { expiresAtMs: Date.now() - 1 });
  await plan('call:talks');
  await claim('call:talks', 'n1');
  await plan('call:lost');
  await claim('call:lost', 'n1');
  await db.raw(`update calls set updated_at = now() - interval '2 hours' where id = 'call:lost'`);
  await plan('call:over');
  await calls.cancel('call:over');
  await plan('call:other', { sipUser: 'carol' });
  assert.deepEqual((await calls.liveOf('bob', LASTS_MS)).map((call) => call.id).sort(), ['call:talks', 'call:waits']);
});

test('limits are counted over 24 hours, over all users, by target; announcements are no calls', async () => {
  await plan('call:1');
  await plan('call:2', { sipUser: 'carol' });
  await plan('call:3', { target: 'sip:+4930901820@gw' });
  await plan('call:4', { kind: 'announcement', target: '' });
  await plan('call:old');
  await db.raw(`update calls set planned_at = now() - interval '25 hours', state = 'ended' where id = 'call:old'`);
  await calls.cancel('call:3');
  assert.deepEqual(await calls.usage('bob', 'sip:alice@example.com', LASTS_MS), {
    userToday: 2,
    allToday: 3,
    destinationToday: 2,
    userActive: 1,
    allActive: 2,
  });
});

test('calls of a process that is gone were interrupted; those of one that lives and those that wait go on', async () => {
  for (const id of ['call:1', 'call:2', 'call:3']) await plan(id);
  await claim('call:1', 'dead');
  await claim('call:2', 'alive');
  const interrupted = await calls.interrupt(['dead']);
  assert.deepEqual(interrupted.map(({ id, state }) => [id, state]), [['call:1', 'interrupted']]);
  assert.deepEqual(await calls.interrupt(['dead']), []);
  assert.equal(await calls.advance('call:1', { state: 'connected', atMs: Date.now() }), undefined);
  assert.deepEqual([(await calls.find('call:2'))?.state, (await calls.find('call:3'))?.state], ['claimed', 'planned']);
});

test('a call that nobody began in time was missed, and nobody begins it then', async () => {
  await plan('call:1', { expiresAtMs: Date.now() - 1000 });
  await plan('call:2');
  assert.deepEqual((await calls.missExpired(Date.now())).map((call) => call.id), ['call:1']);
  assert.deepEqual(await calls.missExpired(Date.now()), []);
  assert.equal(await claim('call:1', 'n1'), false);
});

test('planned calls whose job must be lost are found', async () => {
  await plan('call:1');
  assert.deepEqual(await calls.unclaimed(30_000), []);
  await db.raw(`update calls set updated_at = now() - interval '31 seconds'`);
  assert.deepEqual(await calls.unclaimed(30_000), ['call:1']);
});

test('a process is lost when it holds calls and was not seen for so long; not while it is seen, nor right after a claim', async () => {
  for (const id of ['call:1', 'call:2', 'call:3', 'call:4']) await plan(id);
  await claim('call:1', 'seen');
  await claim('call:2', 'silent');
  await claim('call:3', 'never-seen');
  await claim('call:4', 'just-claimed');
  await nodes.seen('seen');
  await nodes.seen('silent');
  await db.raw(`update sip_nodes set seen_at = now() - interval '40 seconds' where id = 'silent'`);
  await db.raw(`update calls set claimed_at = now() - interval '50 seconds' where id <> 'call:4'`);
  assert.deepEqual(await nodes.lost(30_000), ['never-seen', 'silent']);
  await nodes.seen('silent');
  assert.deepEqual(await nodes.lost(30_000), ['never-seen']);
});

test('one transaction at a time counts and plans', async () => {
  const order: string[] = [];
  let second: Promise<void> | undefined;
  await db.transaction(async (trx) => {
    await new CallsTable(trx).lockLimits();
    second = db.transaction(async (other) => {
      await new CallsTable(other).lockLimits();
      order.push('second');
    });
    await db.raw('select pg_sleep(0.05)');
    order.push('first');
  });
  await second;
  assert.deepEqual(order, ['first', 'second']);
});
