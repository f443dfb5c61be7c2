import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RouteTimers } from '../../../src/script/modules/route-timers.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

function start(intervalMs = 1000) {
  const clock = new VirtualClock();
  const runs: { callback: string; event: string; atMs: number; whenDone: () => void }[] = [];
  const timers = new RouteTimers({ results: { intervalMs, route: 'ksr_rtimer_results' } }, clock, (callback, event, whenDone) => {
    runs.push({ callback, event, atMs: clock.monotonicMs(), whenDone });
  });
  timers.start();
  return { clock, runs, timers };
}

test('the callback runs each interval with the text "rtimer"', () => {
  const { clock, runs } = start();
  for (let n = 0; n < 3; n += 1) {
    clock.advance(1000);
    runs.at(-1)!.whenDone();
  }
  assert.deepEqual(runs.map(({ callback, event, atMs }) => [callback, event, atMs]), [1000, 2000, 3000].map((atMs) => ['ksr_rtimer_results', 'rtimer', atMs]));
});

test('a run that waits delays the next; two never overlap', () => {
  const { clock, runs } = start();
  clock.advance(3500);
  assert.equal(runs.length, 1);
  runs[0]!.whenDone();
  clock.advance(1);
  assert.deepEqual(runs.map(({ atMs }) => atMs), [1000, 3501]);
});

test('a run that took a part of the interval leaves the rest of it', () => {
  const { clock, runs } = start();
  clock.advance(1400);
  runs[0]!.whenDone();
  clock.advance(599);
  assert.equal(runs.length, 1);
  clock.advance(1);
  assert.equal(runs.length, 2);
});

test('after stop nothing runs, also when a run was still waiting', () => {
  const { clock, runs, timers } = start();
  clock.advance(1000);
  timers.stop();
  runs[0]!.whenDone();
  clock.advance(5000);
  assert.deepEqual([runs.length, clock.armed], [1, 0]);
});
