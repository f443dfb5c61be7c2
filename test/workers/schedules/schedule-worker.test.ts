import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { SchedulesTable, type NewSchedule, type Schedule } from '../../../src/db/tables/schedules.ts';
import { Transactions } from '../../../src/db/transactions.ts';
import { scheduleDue } from '../../../src/jobs/contract/schedule-due.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import type { CallPolicy } from '../../../src/workers/commands/policy/call-policy.ts';
import { ScheduleWorker, type ScheduleWorkerOptions } from '../../../src/workers/schedules/schedule-worker.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { Crash, CrashingTransactions } from '../commands/crashing.ts';
import { jsonGrammar, policyOf } from '../commands/fixtures.ts';
import { emptied } from '../commands/stage.ts';

const { db } = await withDatabase();
const real = new Transactions(db);
const schedules = new SchedulesTable(db);
const GRACE_MS = 300_000;
const DAY_MS = 86_400_000;

let clock: VirtualClock;
let queue: MemoryQueue;

beforeEach(async () => {
  await emptied(db);
  clock = new VirtualClock(Math.floor(Date.now() / 60_000) * 60_000);
  queue = new MemoryQueue(clock);
  await db('sipweetusers').insert([
    { sipuser: 'bob', twuser: 'bob_x', x_user_id: '7', linked_at: new Date() },
    { sipuser: 'alice', twuser: 'alice_x', x_user_id: '8', linked_at: new Date() },
  ]);
});

function workerOn(transactions: ScheduleWorkerOptions['transactions'] = real, policy: Partial<CallPolicy> = {}): ScheduleWorker {
  return new ScheduleWorker({ queue, transactions, grammar: jsonGrammar, policy: policyOf(policy), clock, logger: silentLogger, counters: new Counters(), concurrency: 1, stopMs: 0 });
}

async function add(change: Partial<NewSchedule> = {}): Promise<Schedule> {
  const next = { atMs: clock.now(), wall: new Date(clock.now()).toISOString().slice(0, 16), zone: 'UTC' };
  return schedules.add({ sipUser: 'bob', number: await schedules.nextNumber('bob'), kind: 'reminder', about: 'call mum', ring: false, next, ...change });
}

const CALL = { kind: 'call', target: 'sip:alice@example.com', targetName: '@alice', targetSipUser: 'alice' } as const;

function jobFor({ id, next }: Schedule): { data: string } {
  return { data: scheduleDue.encode({ v: 1, scheduleId: id, dueAt: next!.atMs }) };
}

const jobIds = () => [...new Set(queue.added.flat().map((job) => `${job.queue} ${job.id}`))].sort();

test('a reminder is told on X and to the registered phones', async () => {
  const schedule = await add();
  const due = schedule.next!.atMs;
  assert.deepEqual(await workerOn().handle(jobFor(schedule)), { kind: 'done' });
  const told = await db('ledger').first();
  assert.deepEqual([told.id, told.kind, told.recipient, told.sipuser], [`reminder:${schedule.id}:${due}`, 'reminder', '7', 'bob']);
  assert.match(told.content, /^Reminder 1: call mum\. Answer "snooze 10" or "done" · ref/);
  const message = await db('sip_messages').first();
  assert.deepEqual([message.sender, message.recipient, message.body, message.store], ['', 'bob', 'Reminder: call mum', false]);
  assert.deepEqual(await db('calls'), []);
  assert.deepEqual(jobIds(), [`notice reminder:${schedule.id}:${due}`, `sip-command message:reminder:${schedule.id}:${due}`]);
  const after = await schedules.find(schedule.id);
  assert.deepEqual([after?.state, after?.next, after?.lastFiredAt instanceof Date], ['done', undefined, true]);
});

test('a reminder that is to ring makes an announcement too', async () => {
  const schedule = await add({ ring: true });
  await workerOn().handle(jobFor(schedule));
  const call = await db('calls').first();
  assert.deepEqual([call.id, call.kind, call.sipuser, call.target, call.target_name], [`schedule:${schedule.id}:${schedule.next!.atMs}`, 'announcement', 'bob', '', 'call mum']);
  assert.equal(call.expires_at.getTime(), schedule.next!.atMs + GRACE_MS);
});

test('a call is planned, once, however often and by how many the job is done', async () => {
  const schedule = await add(CALL);
  await Promise.all(Array.from({ length: 5 }, () => workerOn().handle(jobFor(schedule))));
  await workerOn().handle(jobFor(schedule));
  assert.deepEqual((await db('calls')).map(({ id, kind, target_sipuser: user }) => [id, kind, user]), [[`schedule:${schedule.id}:${schedule.next!.atMs}`, 'call', 'alice']]);
  assert.deepEqual(await db('ledger'), [], 'the phone rings, that says enough');
});

test('a job that comes early waits until it is due', async () => {
  const schedule = await add({ next: { atMs: clock.now() + 1, zone: 'UTC' } });
  assert.deepEqual(await workerOn().handle(jobFor(schedule)), { kind: 'retry-at', atMs: schedule.next!.atMs, reason: 'not due yet' });
  assert.deepEqual(await db('ledger'), []);
  clock.advance(1);
  await workerOn().handle(jobFor(schedule));
  assert.equal((await db('ledger')).length, 1);
});

test('a job of a time that was moved away does nothing; that of the new time does', async () => {
  const schedule = await add();
  await schedules.rearm(schedule.id, { next: { atMs: clock.now() + 1000, zone: 'UTC' }, commandId: 'dm:2' });
  assert.deepEqual(await workerOn().handle(jobFor(schedule)), { kind: 'done' });
  assert.deepEqual(await db('ledger'), []);
  clock.advance(1000);
  await workerOn().handle(jobFor((await schedules.find(schedule.id))!));
  assert.equal((await db('ledger')).length, 1);
});

test('a job of something that was cancelled, or never was, does nothing', async () => {
  const schedule = await add();
  await schedules.cancel(schedule.id);
  assert.deepEqual(await workerOn().handle(jobFor(schedule)), { kind: 'done' });
  assert.deepEqual(await workerOn().handle({ data: scheduleDue.encode({ v: 1, scheduleId: '999999', dueAt: clock.now() }) }), { kind: 'done' });
  assert.deepEqual([await db('ledger'), await db('schedule_runs')], [[], []]);
});

test('late within the grace it rings, later it does not and the user is told', async () => {
  const first = await add(CALL);
  clock.advance(GRACE_MS);
  await workerOn().handle(jobFor(first));
  assert.equal((await db('calls')).length, 1);
  const second = await add({ ...CALL, next: { atMs: clock.now() - GRACE_MS - 1, zone: 'UTC' } });
  await workerOn().handle(jobFor(second));
  assert.equal((await db('calls')).length, 1);
  assert.match((await db('ledger').first()).content, /^Missed: the call to @alice \(2\) was due/);
  assert.deepEqual((await db('schedule_runs').orderBy('schedule_id')).map(({ state }) => state), ['fired', 'missed']);
});

test('one that comes again goes on to its next time, with a job for it', async () => {
  const schedule = await add({ rrule: 'FREQ=DAILY' });
  await workerOn().handle(jobFor(schedule));
  const next = (await schedules.find(schedule.id))!.next!;
  assert.equal(next.atMs, schedule.next!.atMs + DAY_MS);
  const job = queue.added.flat().find((one) => one.queue === 'schedule-due');
  assert.deepEqual([job?.id, job?.atMs], [`${schedule.id}:${next.atMs}`, next.atMs]);
});

test('after days away what was missed is told once, and the next time is in the future', async () => {
  const schedule = await add({ rrule: 'FREQ=DAILY' });
  clock.advance(3 * DAY_MS + 3600_000);
  await workerOn().handle(jobFor(schedule));
  assert.equal((await db('ledger')).length, 1);
  assert.match((await db('ledger').first()).content, /Missed: the reminder .* Next: /);
  assert.equal((await schedules.find(schedule.id))!.next!.atMs, schedule.next!.atMs + 4 * DAY_MS);
});

test('what is allowed is asked again when it is due', async () => {
  const schedule = await add({ kind: 'call', target: 'sip:+4930901820@gw.example.net:5080', targetName: '+49 30 901820' });
  await workerOn(real, { allowPrefixes: [] }).handle(jobFor(schedule));
  assert.deepEqual(await db('calls'), []);
  assert.match((await db('ledger').first()).content, /was not made\. Calls to .* are not allowed here/);
  const allowed = await add({ kind: 'call', target: 'sip:+4930901820@gw.example.net:5080', targetName: '+49 30 901820' });
  await workerOn().handle(jobFor(allowed));
  assert.equal((await db('calls').first()).target, 'sip:+4930901820@gw.example.net:5080');
});

test('limits count when it is due: the second call of a user at a time is not made, and he is told', async () => {
  const [first, second] = [await add(CALL), await add(CALL)];
  await Promise.all([workerOn().handle(jobFor(first)), workerOn().handle(jobFor(second))]);
  assert.equal((await db('calls')).length, 1);
  assert.match((await db('ledger').first()).content, /was not made\. You have a call/);
});

test('nothing rings for a user whose link is gone', async () => {
  const schedule = await add(CALL);
  await db('sipweetusers').where({ sipuser: 'bob' }).update({ linked_at: null });
  await workerOn().handle(jobFor(schedule));
  assert.deepEqual([await db('calls'), await db('ledger'), (await schedules.find(schedule.id))?.state], [[], [], 'cancelled']);
});

test('a queue that is away is waited for, and the jobs are added then', async () => {
  const schedule = await add();
  queue.down = true;
  assert.equal((await workerOn().handle(jobFor(schedule))).kind, 'retry-at');
  queue.down = false;
  await workerOn().handle(jobFor(schedule));
  assert.equal((await db('ledger')).length, 1);
  assert.equal(jobIds().length, 2);
});

test('a job that is none is a dead letter', async () => {
  assert.equal((await workerOn().handle({ data: '{"scheduleId":"x"}' })).kind, 'dead');
});

for (const [name, change] of [['a call', CALL], ['a reminder that rings', { ring: true }], ['one that comes again', { rrule: 'FREQ=DAILY' }]] as const) {
  test(`${name}: a crash between any two steps, and again: as if there had been none`, async () => {
    const traces = async () => ({
      calls: await db('calls').select('state', 'target', 'kind'),
      ledger: (await db('ledger').select('content')).map(({ content }) => content.replace(/ref \w+/, '')),
      messages: await db('sip_messages').select('body'),
      runs: await db('schedule_runs').select('state', 'due_at'),
      schedules: await db('schedules').select('state', 'next_at'),
      jobs: [...new Set(queue.added.flat().map((job) => `${job.queue} ${job.id.replace(/\d+:/, '')}`))].sort(),
    });
    const prepare = async (): Promise<Schedule> => {
      await db.raw('truncate schedule_runs, schedules, calls, ledger, sip_messages cascade');
      queue = new MemoryQueue(clock);
      return add(change);
    };
    const calm = await prepare();
    await workerOn().handle(jobFor(calm));
    const expected = await traces();
    let crashes = 0;
    for (let step = 1; ; step += 1) {
      const schedule = await prepare();
      const transactions = new CrashingTransactions(real, step);
      const result = await workerOn(transactions).handle(jobFor(schedule)).catch((thrown: unknown) => thrown);
      if (!transactions.crashed) break;
      assert.ok(result instanceof Crash);
      crashes += 1;
      await workerOn().handle(jobFor(schedule));
      assert.deepEqual(await traces(), expected, `step ${step}`);
    }
    assert.ok(crashes >= 7, `${crashes} crashes`);
  });
}
