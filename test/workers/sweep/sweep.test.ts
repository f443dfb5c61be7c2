import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counters } from '../../../src/base/counters.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import type { SweepStep } from '../../../src/workers/sweep/step.ts';
import { Sweep } from '../../../src/workers/sweep/sweep.ts';
import { LogLines } from '../../jobs/log-lines.ts';

const EVERY_MS = 60_000;

function setUp(steps: readonly SweepStep[], isOurs: () => Promise<boolean> = async () => true) {
  const clock = new VirtualClock();
  const counters = new Counters();
  const logger = new LogLines();
  return { clock, counters, logger, sweep: new Sweep({ steps, isOurs, everyMs: EVERY_MS, clock, logger, counters }) };
}

function counted(counters: Counters): Record<string, number> {
  return Object.fromEntries(counters.all().map(({ name, value }) => [name, value]));
}

/** Lets promises that wait for nothing but each other come to their end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('every step runs, a first time soon after the start and then once a period', async () => {
  const runs: string[] = [];
  const step = (name: string): SweepStep => ({ name, run: async () => runs.push(name) });
  const { clock, sweep } = setUp([step('a'), step('b')]);
  sweep.start();
  clock.advance(2_000);
  await settled();
  assert.deepEqual(runs, ['a', 'b']);
  clock.advance(EVERY_MS - 1);
  await settled();
  assert.equal(runs.length, 2);
  clock.advance(1);
  await settled();
  assert.deepEqual(runs, ['a', 'b', 'a', 'b']);
});

test('a step that fails is logged and counted, and those behind it run all the same', async () => {
  const { clock, counters, logger, sweep } = setUp([
    { name: 'broken', run: () => Promise.reject(new Error('no connection')) },
    { name: 'sound', run: async () => 3 },
  ]);
  sweep.start();
  clock.advance(2_000);
  await settled();
  assert.deepEqual(logger.lines, ['warn A step of the sweep failed', 'info Sweep']);
  assert.deepEqual(counted(counters), { 'sweep.repaired': 3, 'sweep.failed': 1 });
});

test('who is not the one that sweeps does nothing, and asks again a period later', async () => {
  let ours = false;
  let runs = 0;
  const { clock, sweep } = setUp([{ name: 'a', run: async () => (runs += 1) }], async () => ours);
  sweep.start();
  clock.advance(2_000);
  await settled();
  assert.equal(runs, 0);
  ours = true;
  clock.advance(EVERY_MS);
  await settled();
  assert.equal(runs, 1);
});

test('a database that does not say who sweeps: none of the steps runs', async () => {
  let runs = 0;
  const { clock, counters, sweep } = setUp([{ name: 'a', run: async () => (runs += 1) }], () => Promise.reject(new Error('away')));
  sweep.start();
  clock.advance(2_000);
  await settled();
  assert.equal(runs, 0);
  assert.equal(counted(counters)['sweep.failed'], 1);
});

test('a stop waits for the step that runs and begins no other', async () => {
  let release = () => {};
  const runs: string[] = [];
  const { clock, sweep } = setUp([
    { name: 'slow', run: () => new Promise((resolve) => (release = () => resolve(runs.push('slow')))) },
    { name: 'next', run: async () => runs.push('next') },
  ]);
  sweep.start();
  clock.advance(2_000);
  await settled();
  const stopped = sweep.stop();
  release();
  await stopped;
  clock.advance(10 * EVERY_MS);
  await settled();
  assert.deepEqual(runs, ['slow']);
  assert.equal(clock.armed, 0);
});
