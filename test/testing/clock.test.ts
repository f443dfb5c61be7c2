import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Timer } from '../../src/base/timer-wheel.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

describe('virtual clock', () => {
  test('stands still until it is advanced; both times move together', () => {
    const clock = new VirtualClock(1_000_000);
    assert.equal(clock.now(), 1_000_000);
    assert.equal(clock.monotonicMs(), 0);
    clock.advance(250);
    assert.equal(clock.now(), 1_000_250);
    assert.equal(clock.monotonicMs(), 250);
  });

  test('a timer sees the exact millisecond it was armed for', () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    for (const delayMs of [500, 1, 32_000]) {
      clock.arm(new Timer({ onTimer: () => seen.push(clock.monotonicMs()) }), delayMs);
    }
    clock.advance(32_000);
    assert.deepEqual(seen, [1, 500, 32_000]);
  });

  test('what a timer arms within the advanced span fires within it', () => {
    const clock = new VirtualClock();
    const seen: number[] = [];
    const timer = new Timer({
      onTimer() {
        seen.push(clock.monotonicMs());
        clock.arm(timer, 400);
      },
    });
    clock.arm(timer, 100);
    clock.advance(1_000);
    assert.deepEqual(seen, [100, 500, 900]);
    assert.equal(clock.armed, 1);
  });

  test('counts what is armed; a disarmed timer stays silent', () => {
    const clock = new VirtualClock();
    const timer = new Timer({ onTimer: () => assert.fail('fired') });
    clock.arm(timer, 10);
    assert.equal(clock.armed, 1);
    clock.disarm(timer);
    assert.equal(clock.armed, 0);
    clock.advance(20);
  });
});
