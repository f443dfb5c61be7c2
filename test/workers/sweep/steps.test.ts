import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DONE } from '../../../src/jobs/queue.ts';
import { scheduleDue } from '../../../src/jobs/contract/schedule-due.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { lostAlarms, lostCommands, lostNotices, lostSipCommands } from '../../../src/workers/sweep/steps.ts';

const MINUTE_MS = 60_000;

function setUp() {
  const clock = new VirtualClock();
  const queue = new MemoryQueue(clock);
  return { clock, queue, jobs: () => queue.added.flat() };
}

test('a command without a job gets one that its contract can read', async () => {
  const { clock, queue, jobs } = setUp();
  const asked: number[] = [];
  const step = lostCommands(async (ms) => (asked.push(ms), ['post:17']), queue);
  assert.equal(await step.run(clock.now()), 1);
  assert.deepEqual(jobs().map(({ queue: name, data }) => [name, JSON.parse(data)]), [['x-command', { v: 1, id: 'post:17' }]]);
  assert.ok(asked[0]! >= 10_000, 'what was entered just now has a job on its way');
});

test('a row that still waits a minute later gets another job, though the queue remembers the first', async () => {
  const { clock, queue } = setUp();
  const handled: string[] = [];
  queue.process('notice', async ({ id }) => (handled.push(id), DONE), { concurrency: 1, retry: { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1 } });
  const step = lostNotices(async () => ['answer:1'], queue);
  await step.run(clock.now());
  await step.run(clock.now());
  clock.advance(MINUTE_MS);
  await step.run(clock.now());
  assert.equal(handled.length, 2);
});

test('calls and SIP messages have jobs of their own', async () => {
  const { clock, queue, jobs } = setUp();
  await lostSipCommands('call', async () => ['call:1'], queue).run(clock.now());
  await lostSipCommands('message', async () => ['message:1'], queue).run(clock.now());
  assert.deepEqual(jobs().map(({ data }) => JSON.parse(data).verb), ['call', 'message']);
});

test('nothing lost: the queue is not even asked', async () => {
  const { clock, queue } = setUp();
  queue.down = true;
  assert.equal(await lostCommands(async () => [], queue).run(clock.now()), 0);
});

test('a schedule that comes gets the alarm clock that it had, so that one which is there stays the only one', async () => {
  const { clock, queue, jobs } = setUp();
  const atMs = clock.now() + 30_000;
  const asked: number[] = [];
  const step = lostAlarms(async (untilMs) => (asked.push(untilMs), [{ id: '7', next: { atMs } }, { id: '8', next: undefined }]), queue, 90_000);
  assert.equal(await step.run(clock.now()), 0);
  assert.deepEqual(asked, [clock.now() + 90_000]);
  assert.deepEqual(jobs().map(({ id, atMs: at }) => [id, at]), [[scheduleDue.id({ v: 1, scheduleId: '7', dueAt: atMs }), atMs]]);
});

test('a schedule whose time is over gets a job at once, under an id that no ended job has', async () => {
  const { clock, queue, jobs } = setUp();
  const atMs = clock.now() - MINUTE_MS;
  assert.equal(await lostAlarms(async () => [{ id: '7', next: { atMs } }], queue, 90_000).run(clock.now()), 1);
  assert.equal(jobs().length, 1);
  assert.notEqual(jobs()[0]!.id, scheduleDue.id({ v: 1, scheduleId: '7', dueAt: atMs }));
  assert.equal(jobs()[0]!.atMs, undefined);
});
