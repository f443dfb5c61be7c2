import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { QueuePause } from '../../../src/workers/delivery/queue-pause.ts';
import { LogLines } from '../../jobs/log-lines.ts';

const PAUSE_MS = 60_000;

function setUp() {
  const clock = new VirtualClock();
  const queue = new MemoryQueue(clock);
  const logger = new LogLines();
  const open = () => new QueuePause({ queue, name: 'q', pauseMs: PAUSE_MS, clock, logger });
  return { clock, queue, logger, open, pause: open() };
}

/** Lets promises that wait for nothing but each other come to their end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('many failures at once are one pause and one line, which says why and what to do', async () => {
  const { clock, queue, logger, pause } = setUp();
  await Promise.all(Array.from({ length: 5 }, () => pause.pause('no credits')));
  assert.equal(await queue.isPaused('q'), true);
  assert.deepEqual(logger.lines, ['error No message gets through: the queue is paused']);
  assert.deepEqual([logger.fields[0]?.['reason'], logger.fields[0]?.['goesOnInS']], ['no credits', 60]);
  clock.advance(PAUSE_MS);
  await settled();
  assert.equal(await queue.isPaused('q'), false);
  assert.equal(clock.armed, 0);
});

test('a pause that an earlier worker left behind ends with the next start', async () => {
  const { queue, pause, open } = setUp();
  await pause.pause('wrong keys');
  pause.close();
  assert.equal(await queue.isPaused('q'), true);
  await open().clear();
  assert.equal(await queue.isPaused('q'), false);
});

test('a backend that is away is asked again until the pause is over', async () => {
  const { clock, queue, logger, pause } = setUp();
  await pause.pause('no credits');
  queue.down = true;
  clock.advance(PAUSE_MS);
  await settled();
  clock.advance(10_000);
  await settled();
  assert.equal(logger.lines.filter((line) => line === 'warn The queue cannot be resumed yet').length, 2);
  queue.down = false;
  assert.equal(await queue.isPaused('q'), true);
  clock.advance(10_000);
  await settled();
  assert.equal(await queue.isPaused('q'), false);
});

test('so it is at the start', async () => {
  const { clock, queue, pause, open } = setUp();
  await pause.pause('no credits');
  pause.close();
  queue.down = true;
  await open().clear();
  queue.down = false;
  clock.advance(10_000);
  await settled();
  assert.equal(await queue.isPaused('q'), false);
});

test('a closed one leaves no timer behind', async () => {
  const { clock, pause } = setUp();
  await pause.pause('no credits');
  pause.close();
  await pause.pause('again');
  assert.equal(clock.armed, 0);
});
