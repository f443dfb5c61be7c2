import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { CallsTable, type NewCall } from '../../../src/db/tables/calls.ts';
import { Transactions } from '../../../src/db/transactions.ts';
import { callEvent, type CallEvent } from '../../../src/jobs/contract/call-event.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { CallEventWorker } from '../../../src/workers/call-events/call-event-worker.ts';
import type { RowWorkerOptions } from '../../../src/workers/row-worker.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { CrashingTransactions } from '../commands/crashing.ts';
import { emptied } from '../commands/stage.ts';

const { db } = await withDatabase();
const real = new Transactions(db);
const calls = new CallsTable(db);
const clock = new VirtualClock(Date.now());
let queue: MemoryQueue;
let worker: CallEventWorker;

beforeEach(async () => {
  await emptied(db);
  queue = new MemoryQueue(clock);
  worker = workerOn();
  await db('sipweetusers').insert({ sipuser: 'bob', twuser: 'bob_x', x_user_id: '7', linked_at: new Date() });
});

function workerOn(transactions: RowWorkerOptions['transactions'] = real): CallEventWorker {
  return new CallEventWorker({ queue, transactions, clock, logger: silentLogger, counters: new Counters(), concurrency: 1, stopMs: 0 });
}

async function claimed(change: Partial<NewCall> = {}): Promise<void> {
  await calls.plan({ id: 'call:1', kind: 'call', sipUser: 'bob', target: 'sip:alice@example.com', targetName: '@alice', expiresAtMs: Date.now() + 60_000, ...change });
  await db('calls').update({ state: 'claimed', node: 'n1', claimed_at: new Date() });
}

const tell = (event: Partial<CallEvent> & Pick<CallEvent, 'event'>, to = worker) => to.handle({ data: callEvent.encode({ v: 1, id: 'call:1', at: clock.now(), ...event }) });
const outcomes = async () => (await db('ledger').orderBy('id')).map(({ id, kind, recipient, content }) => [id, kind, recipient, content.replace(/ · ref \w+$/, '')]);
const stateOf = async () => (await calls.find('call:1'))?.state;

test('a call that goes well is kept, and nobody is told what he has heard himself', async () => {
  await claimed();
  for (const event of ['ringing', 'answered', 'connected', 'ended'] as const) {
    assert.deepEqual(await tell({ event }), { kind: 'done' });
    assert.equal(await stateOf(), event);
  }
  assert.deepEqual([await outcomes(), queue.added], [[], []]);
});

const SENTENCES = [
  ['callee', 'busy', '@alice is busy'],
  ['callee', 'no-answer', '@alice did not answer'],
  ['callee', 'declined', '@alice declined the call'],
  ['callee', 'unreachable', '@alice could not be reached'],
  ['caller', 'busy', 'Your phone was busy, so @alice was not called'],
  ['caller', 'no-answer', 'You did not answer your phone, so @alice was not called'],
  ['caller', 'declined', 'You declined on your phone, @alice was not called'],
  ['caller', 'unreachable', 'None of your phones could be reached, so @alice was not called'],
] as const;

test('a failure that neither phone had to do with is told as one of ours, in words', async () => {
  await claimed();
  await tell({ event: 'failed', cause: 'internal' });
  assert.deepEqual(await outcomes(), [['outcome:call:1', 'outcome', '7', 'The call to @alice was interrupted on our side. Write again if you still want it']]);
});

for (const [party, cause, sentence] of SENTENCES) {
  test(`${cause} of the ${party} is told with the reason`, async () => {
    await claimed();
    await tell({ event: 'failed', party, cause, status: 486 });
    assert.deepEqual(await outcomes(), [['outcome:call:1', 'outcome', '7', sentence]]);
    assert.deepEqual(queue.added.flat().map((job) => [job.queue, job.id]), [['notice', 'outcome:call:1']]);
    assert.equal((await calls.find('call:1'))?.reason, `${cause} (${party}, 486)`);
  });
}

test('the outcome of a call that was asked for by a post knows the post, where it can be hinted at', async () => {
  await claimed({ replyTo: '55' });
  await tell({ event: 'failed', party: 'callee', cause: 'busy' });
  const row = await db('ledger').first();
  assert.deepEqual([row.reply_to, row.content.startsWith('@alice is busy')], ['55', true]);
});

test('whoever has cancelled is not told that he has', async () => {
  await claimed();
  await calls.cancel('call:1');
  await tell({ event: 'failed', party: 'caller', cause: 'no-answer' });
  assert.deepEqual(await outcomes(), []);
});

test('a caller who hangs up before the other side answers has cancelled', async () => {
  await claimed();
  await tell({ event: 'failed', party: 'caller', cause: 'cancelled' });
  assert.deepEqual([await stateOf(), await outcomes()], ['cancelled', []]);
});

test('an announcement that nobody answers is no news: the reminder has come as a message', async () => {
  await claimed({ kind: 'announcement', target: '' });
  await tell({ event: 'failed', party: 'caller', cause: 'no-answer' });
  assert.deepEqual([await stateOf(), await outcomes()], ['failed', []]);
});

test('an account that is no longer linked is not written to', async () => {
  await claimed();
  await db('sipweetusers').update({ linked_at: null });
  await tell({ event: 'failed', party: 'callee', cause: 'busy' });
  assert.deepEqual([await stateOf(), await outcomes()], ['failed', []]);
});

test('the same event twice is one outcome; the end that came first stays', async () => {
  await claimed();
  await tell({ event: 'failed', party: 'callee', cause: 'busy' });
  await tell({ event: 'failed', party: 'callee', cause: 'busy' });
  await tell({ event: 'failed', party: 'callee', cause: 'declined' });
  await tell({ event: 'ringing' });
  assert.deepEqual([await stateOf(), (await outcomes()).length], ['failed', 1]);
  assert.match((await outcomes())[0]![3], /busy/);
});

test('events out of order: the call that has ended does not ring again', async () => {
  await claimed();
  for (const event of ['connected', 'ringing', 'ended', 'answered'] as const) await tell({ event });
  assert.equal(await stateOf(), 'ended');
});

test('an event of a call that nobody knows is done with; one that is none is a dead letter', async () => {
  assert.deepEqual(await tell({ event: 'failed', cause: 'busy' }), { kind: 'done' });
  assert.equal((await worker.handle({ data: '{}' })).kind, 'dead');
});

test('a crash between any two steps, and again: one outcome, and its job', async () => {
  let crashes = 0;
  for (let step = 1; ; step += 1) {
    await db.raw('truncate calls, ledger cascade');
    queue = new MemoryQueue(clock);
    await claimed();
    const transactions = new CrashingTransactions(real, step);
    await tell({ event: 'failed', party: 'callee', cause: 'busy' }, workerOn(transactions)).catch(() => undefined);
    if (!transactions.crashed) break;
    crashes += 1;
    await tell({ event: 'failed', party: 'callee', cause: 'busy' }, workerOn());
    assert.deepEqual([await stateOf(), (await outcomes()).length, queue.added.flat().length], ['failed', 1, 1], `step ${step}`);
  }
  assert.ok(crashes >= 5, `${crashes} crashes`);
});

test('calls of a process that is gone were interrupted, and their users are told, once', async () => {
  await claimed();
  assert.equal(await worker.interrupted([]), 0);
  assert.equal(await worker.interrupted(['n2']), 0);
  assert.equal(await worker.interrupted(['n1']), 1);
  assert.equal(await worker.interrupted(['n1']), 0);
  assert.deepEqual(await outcomes(), [['outcome:call:1', 'outcome', '7', 'The call to @alice was interrupted on our side. Write again if you still want it']]);
  assert.deepEqual(queue.added.flat().map((job) => job.id), ['outcome:call:1']);
  await tell({ event: 'connected' });
  assert.equal(await stateOf(), 'interrupted');
});

test('who was talking when the process died is told something else', async () => {
  await claimed();
  await tell({ event: 'connected' });
  await worker.interrupted(['n1']);
  assert.match((await outcomes())[0]![3], /should it still go on/);
});

test('a call that was not begun in time was missed, and its user is told', async () => {
  await calls.plan({ id: 'call:1', kind: 'call', sipUser: 'bob', target: 'sip:alice@example.com', targetName: '@alice', expiresAtMs: clock.now() - 1 });
  assert.equal(await worker.missedBegin(clock.now()), 1);
  assert.equal(await worker.missedBegin(clock.now()), 0);
  assert.match((await outcomes())[0]![3], /not be begun in time/);
});
