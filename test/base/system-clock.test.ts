import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { SystemClock } from '../../src/base/system-clock.ts';
import { Timer } from '../../src/base/timer-wheel.ts';

/** Resolves when the timer fires, with the time that has passed since it was armed. */
function rings(clock: SystemClock, delayMs: number): Promise<number> {
  const startMs = clock.monotonicMs();
  return new Promise((resolve) => {
    clock.arm(new Timer({ onTimer: () => resolve(clock.monotonicMs() - startMs) }), delayMs);
  });
}

describe('system clock', () => {
  test('now() is the wall clock', () => {
    const before = Date.now();
    const now = new SystemClock().now();
    assert.ok(now >= before && now <= Date.now());
  });

  test('monotonicMs() never goes back', () => {
    const clock = new SystemClock();
    let lastMs = clock.monotonicMs();
    for (let i = 0; i < 10_000; i += 1) {
      const nowMs = clock.monotonicMs();
      assert.ok(nowMs >= lastMs);
      lastMs = nowMs;
    }
  });

  test('timers fire in order and never early', async () => {
    const clock = new SystemClock();
    const order: string[] = [];
    const late = rings(clock, 60).then((ms) => (order.push('late'), ms));
    const early = rings(clock, 15).then((ms) => (order.push('early'), ms));
    assert.ok((await early) >= 15);
    assert.ok((await late) >= 60);
    assert.deepEqual(order, ['early', 'late']);
  });

  test('takes up again after it stood idle', async () => {
    const clock = new SystemClock();
    await rings(clock, 1);
    // Measured by another clock, long enough for this one to find itself without timers and stop.
    await rings(new SystemClock(), 50);
    assert.ok((await rings(clock, 20)) >= 20);
  });

  test('wakes for a timer that is due before the one that it sleeps until', async () => {
    const clock = new SystemClock();
    const order: string[] = [];
    const late = rings(clock, 300).then(() => order.push('late'));
    await rings(new SystemClock(), 30);
    assert.ok((await rings(clock, 20)) < 250);
    order.push('early');
    await late;
    assert.deepEqual(order, ['early', 'late']);
  });

  test('fires what is due further ahead than it looks', async () => {
    assert.ok((await rings(new SystemClock(), 1100)) >= 1100);
  });

  test('what owners arm while others fire is not forgotten', async () => {
    const clock = new SystemClock();
    let left = 5;
    await new Promise<void>((resolve) => {
      const timer: Timer = new Timer({
        onTimer() {
          left -= 1;
          if (left === 0) resolve();
          else clock.arm(timer, 15);
        },
      });
      clock.arm(timer, 15);
    });
    assert.equal(left, 0);
  });

  test('a process with a timer far ahead does not wake at each tick', async () => {
    const clock = new SystemClock();
    const timer = new Timer({ onTimer() {} });
    clock.arm(timer, 60_000);
    const before = process.resourceUsage().voluntaryContextSwitches;
    await rings(new SystemClock(), 800);
    clock.disarm(timer);
    const woken = process.resourceUsage().voluntaryContextSwitches - before;
    assert.ok(woken < 40, `woken ${woken} times in 0.8 s`);
  });

  test('a disarmed timer does not fire', async () => {
    const clock = new SystemClock();
    let fired = false;
    const timer = new Timer({ onTimer: () => (fired = true) });
    clock.arm(timer, 5);
    clock.disarm(timer);
    await rings(clock, 40);
    assert.equal(fired, false);
  });

  test('keeps the process alive while a timer is armed, and lets it end afterwards', async () => {
    const url = (path: string) => new URL(path, import.meta.url).href;
    const program = `
      import { SystemClock } from '${url('../../src/base/system-clock.ts')}';
      import { Timer } from '${url('../../src/base/timer-wheel.ts')}';
      const clock = new SystemClock();
      clock.arm(new Timer({ onTimer: () => console.log('fired') }), 30);
      const never = new Timer({ onTimer: () => console.log('never') });
      clock.arm(never, 3600000);
      clock.disarm(never);
    `;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    assert.equal(stdout, 'fired\n');
  });
});
