import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alarm } from '../../../src/db/tables/alarms.ts';
import type { Schedule } from '../../../src/db/tables/schedules.ts';
import { SchedulesTable } from '../../../src/db/tables/schedules.ts';
import { scheduleDue } from '../../../src/jobs/contract/schedule-due.ts';
import { DONE } from '../../../src/jobs/queue.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { comingAlarms, lostJobs, zoneRules } from '../../../src/workers/sweep/steps.ts';
import { withDatabase } from '../../db/embedded-database.ts';

const { db } = await withDatabase();
const MINUTE_MS = 60_000;
const RETRY = { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1 };

function setUp() {
  const clock = new VirtualClock();
  const queue = new MemoryQueue(clock);
  return { clock, queue, jobs: () => queue.added.flat() };
}

function schedule(id: string, atMs: number | undefined): Schedule {
  const next = atMs === undefined ? undefined : { atMs, zone: 'UTC' };
  return { id, sipUser: 'bob', number: 1, kind: 'reminder', state: 'active', ring: false, zone: 'UTC', next, lastFiredAt: undefined };
}

test('each kind of row gets a job of its own queue', async () => {
  const { clock, queue, jobs } = setUp();
  const alarms: Alarm[] = [
    { job: 'x-command', id: 'post:17' },
    { job: 'sip-command', verb: 'call', id: 'call:post:17' },
    { job: 'notice', id: 'answer:post:17' },
    { job: 'schedule-due', scheduleId: '7', dueAtMs: clock.now() - MINUTE_MS },
  ];
  assert.equal(await lostJobs('all', async () => alarms, queue).run(clock.now()), 4);
  assert.deepEqual(jobs().map((job) => job.queue), ['x-command', 'sip-command', 'notice', 'schedule-due']);
});

test('a row that still waits a minute later gets another job, though the queue remembers the first', async () => {
  const { clock, queue } = setUp();
  const handled: string[] = [];
  queue.process('notice', async ({ id }) => (handled.push(id), DONE), { concurrency: 1, retry: RETRY });
  const step = lostJobs('notices', async () => [{ job: 'notice', id: 'answer:1' }], queue);
  await step.run(clock.now());
  await step.run(clock.now());
  clock.advance(MINUTE_MS);
  await step.run(clock.now());
  assert.equal(handled.length, 2);
});

test('a row that must not be asked about often gets another job after the time that it is given, not before', async () => {
  const { clock, queue, jobs } = setUp();
  const step = lostJobs('sending', async () => [{ job: 'notice', id: 'answer:1' }], queue, 15 * MINUTE_MS);
  for (let minute = 0; minute < 30; minute += 1) {
    await step.run(clock.now());
    clock.advance(MINUTE_MS);
  }
  const times = new Set(jobs().map((job) => job.id)).size;
  assert.ok(times === 2 || times === 3, `${times} jobs in half an hour`);
});

test('nothing lost: the queue is not even asked', async () => {
  const { clock, queue } = setUp();
  queue.down = true;
  assert.equal(await lostJobs('all', async () => [], queue).run(clock.now()), 0);
});

test('a schedule that comes gets the alarm clock that it had, so that one which is there stays the only one', async () => {
  const { clock, queue, jobs } = setUp();
  const atMs = clock.now() + 30_000;
  const asked: number[] = [];
  const all = [schedule('7', atMs), schedule('8', undefined), schedule('9', clock.now() - 1)];
  await comingAlarms(async (untilMs) => (asked.push(untilMs), all), queue, 2 * MINUTE_MS).run(clock.now());
  assert.deepEqual(asked, [clock.now() + 2 * MINUTE_MS]);
  assert.deepEqual(jobs().map((job) => [job.id, job.atMs]), [[scheduleDue.id({ v: 1, scheduleId: '7', dueAt: atMs }), atMs]]);
});

test('when the rules of a zone change the time on the clock stays and the instant moves; an elapsed time stays', async () => {
  const schedules = new SchedulesTable(db);
  const right = Date.UTC(2026, 6, 1, 7, 0);
  const common = { sipUser: 'bob', kind: 'reminder', ring: false } as const;
  const berlin = { wall: '2026-07-01T09:00', zone: 'Europe/Berlin' };
  await schedules.add({ ...common, number: 1, next: { ...berlin, atMs: right } });
  // Computed when Berlin had no summer time yet, say.
  await schedules.add({ ...common, number: 2, next: { ...berlin, atMs: right + 60 * MINUTE_MS } });
  await schedules.add({ ...common, number: 3, next: { zone: 'Europe/Berlin', atMs: right + 60 * MINUTE_MS } });
  const step = zoneRules(schedules);
  assert.equal(await step.run(0), 1);
  const instants = (await schedules.activeOf('bob', 10)).map(({ number, next }) => [number, next?.atMs] as const);
  assert.deepEqual(new Map(instants), new Map([[1, right], [2, right], [3, right + 60 * MINUTE_MS]]));
  assert.equal(await step.run(0), 0);
});
