import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Timer, TimerWheel, type TimerOwner } from '../../src/base/timer-wheel.ts';

/** Writes down which timers fired; `then` runs in the timer's own call. */
class Bell implements TimerOwner {
  readonly rung: number[] = [];
  then: (kind: number) => void = () => {};

  onTimer(kind: number): void {
    this.rung.push(kind);
    this.then(kind);
  }
}

describe('timer wheel', () => {
  test('fires at its time and not before', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    wheel.arm(new Timer(bell, 1), 0, 5);
    wheel.advance(4);
    assert.deepEqual(bell.rung, []);
    wheel.advance(5);
    assert.deepEqual(bell.rung, [1]);
    wheel.advance(100);
    assert.deepEqual(bell.rung, [1]);
  });

  test('the next tick is that of the first timer, and never behind it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 8 }), fc.nat(40), (delays, advancedMs) => {
        const wheel = new TimerWheel(0, 1, 16);
        const bell = new Bell();
        for (const delayMs of delays) wheel.arm(new Timer(bell), 0, delayMs);
        wheel.advance(advancedMs);
        const rung = bell.rung.length;
        const next = wheel.nextTick(10);
        assert.ok(next > advancedMs && next <= advancedMs + 10, `${next} behind ${advancedMs}`);
        wheel.advance(next - 1);
        assert.equal(bell.rung.length, rung);
      }),
    );
  });

  test('the next tick is found where the last turn ends and the next one begins', () => {
    const wheel = new TimerWheel(14, 1, 16);
    assert.equal(wheel.nextTick(10), 24);
    wheel.arm(new Timer(new Bell()), 14, 5);
    assert.equal(wheel.nextTick(10), 19);
    wheel.arm(new Timer(new Bell()), 14, 3);
    assert.equal(wheel.nextTick(10), 17);
  });

  test('what an owner that threw has left is due at the next tick', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    bell.then = () => {
      bell.then = () => {};
      throw new Error('thrown by the owner');
    };
    wheel.arm(new Timer(bell, 1), 0, 3);
    wheel.arm(new Timer(bell, 2), 0, 3);
    assert.throws(() => wheel.advance(3), /thrown by the owner/);
    assert.equal(wheel.nextTick(10), 4);
    wheel.advance(3);
    assert.deepEqual(bell.rung, [1, 2]);
  });

  test('is never early where the time lies within a tick, and at most one tick late', () => {
    for (const nowMs of [0, 1, 9.9, 10, 14.5]) {
      for (const delayMs of [0.1, 1, 9.9, 10, 10.1, 25]) {
        const wheel = new TimerWheel(nowMs, 10, 16);
        const bell = new Bell();
        wheel.arm(new Timer(bell), nowMs, delayMs);
        const dueMs = nowMs + delayMs;
        wheel.advance(dueMs - 0.01);
        assert.equal(bell.rung.length, 0, `early: armed at ${nowMs} for ${delayMs}`);
        wheel.advance(dueMs + 10);
        assert.equal(bell.rung.length, 1, `late: armed at ${nowMs} for ${delayMs}`);
      }
    }
  });

  test('a delay of zero or less fires at the next tick, never in the call that arms', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    wheel.arm(new Timer(bell, 1), 0, 0);
    wheel.arm(new Timer(bell, 2), 0, -50);
    wheel.advance(0);
    assert.deepEqual(bell.rung, []);
    wheel.advance(1);
    assert.deepEqual(bell.rung, [1, 2]);
  });

  test('fires in the order of ticks, and within a tick in the order of arming', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    for (const [kind, delayMs] of [[30, 30], [10, 10], [2, 2], [11, 10], [18, 18]] as const) {
      wheel.arm(new Timer(bell, kind), 0, delayMs);
    }
    wheel.advance(40);
    assert.deepEqual(bell.rung, [2, 10, 11, 18, 30]);
  });

  test('a timer that is due several turns ahead is passed over until then', () => {
    const wheel = new TimerWheel(0, 1, 8);
    const bell = new Bell();
    wheel.arm(new Timer(bell, 27), 0, 27);
    wheel.arm(new Timer(bell, 3), 0, 3);
    for (let nowMs = 1; nowMs <= 26; nowMs += 1) wheel.advance(nowMs);
    assert.deepEqual(bell.rung, [3]);
    wheel.advance(27);
    assert.deepEqual(bell.rung, [3, 27]);
  });

  test('a disarmed timer does not fire; disarming it again does nothing', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    const timer = new Timer(bell);
    wheel.arm(timer, 0, 5);
    assert.equal(timer.armed, true);
    wheel.disarm(timer);
    wheel.disarm(timer);
    assert.equal(timer.armed, false);
    assert.equal(wheel.size, 0);
    wheel.advance(10);
    assert.deepEqual(bell.rung, []);
  });

  test('arming an armed timer moves it', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    const timer = new Timer(bell);
    wheel.arm(timer, 0, 5);
    wheel.arm(timer, 0, 9);
    assert.equal(wheel.size, 1);
    wheel.advance(8);
    assert.deepEqual(bell.rung, []);
    wheel.advance(9);
    assert.deepEqual(bell.rung, [0]);
  });

  test('a timer is no longer armed when its owner hears of it, and may be armed there again', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    const timer = new Timer(bell, 7);
    let nowMs = 0;
    const heardAt: number[] = [];
    bell.then = () => {
      assert.equal(timer.armed, false);
      heardAt.push(nowMs);
      if (heardAt.length < 3) wheel.arm(timer, nowMs, 16);
    };
    wheel.arm(timer, 0, 4);
    for (nowMs = 1; nowMs <= 60; nowMs += 1) wheel.advance(nowMs);
    assert.deepEqual(heardAt, [4, 20, 36]);
  });

  test('an owner may disarm a timer of the same tick before it fires', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    const timers = [1, 2, 3, 4].map((kind) => new Timer(bell, kind));
    for (const timer of timers) wheel.arm(timer, 0, 5);
    bell.then = (kind) => {
      if (kind === 1) wheel.disarm(timers[1]!);
      if (kind === 3) wheel.disarm(timers[3]!);
    };
    wheel.advance(5);
    assert.deepEqual(bell.rung, [1, 3]);
    assert.equal(wheel.size, 0);
  });

  test('an owner may move a timer of the same tick before it fires', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    const first = new Timer(bell, 1);
    const second = new Timer(bell, 2);
    wheel.arm(first, 0, 5);
    wheel.arm(second, 0, 5);
    bell.then = (kind) => {
      if (kind === 1) wheel.arm(second, 5, 3);
    };
    wheel.advance(7);
    assert.deepEqual(bell.rung, [1]);
    wheel.advance(8);
    assert.deepEqual(bell.rung, [1, 2]);
  });

  test('what an owner arms with no delay fires at the next tick, so that a tick always ends', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    const timer = new Timer(bell);
    bell.then = () => wheel.arm(timer, 0, 0);
    wheel.arm(timer, 0, 1);
    wheel.advance(1);
    assert.equal(bell.rung.length, 1);
    wheel.advance(4);
    assert.equal(bell.rung.length, 4);
  });

  test('an owner that throws costs the others nothing: they fire at the next call', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    for (const kind of [1, 2, 3]) wheel.arm(new Timer(bell, kind), 0, 5);
    wheel.arm(new Timer(bell, 4), 0, 6);
    bell.then = (kind) => {
      if (kind === 1) throw new Error('broken owner');
    };
    assert.throws(() => wheel.advance(6), /broken owner/);
    wheel.advance(6);
    assert.deepEqual(bell.rung, [1, 2, 3, 4]);
    assert.equal(wheel.size, 0);
  });

  test('an idle wheel takes up at any later time', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    wheel.advance(1e12);
    wheel.arm(new Timer(bell), 1e12, 20);
    wheel.advance(1e12 + 19);
    assert.deepEqual(bell.rung, []);
    wheel.advance(1e12 + 20);
    assert.deepEqual(bell.rung, [0]);
  });

  test('a long sleep ends with the last timer: the empty ticks after it are not walked', () => {
    const wheel = new TimerWheel(0, 1, 16);
    const bell = new Bell();
    wheel.arm(new Timer(bell), 0, 10);
    // A walk over 1e12 ticks would take longer than any test may.
    wheel.advance(1e12);
    assert.deepEqual(bell.rung, [0]);
  });

  test('a slot with many timers of later turns is read once per turn', () => {
    const wheel = new TimerWheel(0, 1, 8);
    const bell = new Bell();
    const count = 4_000;
    let reads = 0;
    for (let kind = 0; kind < count; kind += 1) {
      const later = new Timer(bell, kind);
      wheel.arm(later, 0, 8_000);
      const dueTick = later.dueTick;
      Object.defineProperty(later, 'dueTick', { get: () => ((reads += 1), dueTick) });
    }
    for (let kind = 0; kind < count; kind += 1) wheel.arm(new Timer(bell, kind), 0, 8);
    wheel.advance(8);
    assert.equal(bell.rung.length, count);
    assert.equal(reads, count);
  });

  test('10,000 random timers, some disarmed and some moved, fire as a sorted list would', () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const wheel = new TimerWheel(0, 1, 256);
    const bell = new Bell();
    const timers = Array.from({ length: 10_000 }, (_, kind) => new Timer(bell, kind));
    const due = new Map<number, { dueMs: number; order: number }>();
    let order = 0;
    const arm = (kind: number) => {
      const delayMs = 1 + random(5_000);
      wheel.arm(timers[kind]!, 0, delayMs);
      due.set(kind, { dueMs: delayMs, order: (order += 1) });
    };
    for (let kind = 0; kind < timers.length; kind += 1) arm(kind);
    for (let turn = 0; turn < 2_000; turn += 1) {
      const kind = random(timers.length);
      wheel.disarm(timers[kind]!);
      due.delete(kind);
      arm(random(timers.length));
    }
    assert.equal(wheel.size, due.size);
    const expected = [...due].sort(([, a], [, b]) => a.dueMs - b.dueMs || a.order - b.order).map(([kind]) => kind);
    for (let nowMs = 0; nowMs <= 5_001; nowMs += 1 + random(40)) wheel.advance(nowMs);
    wheel.advance(5_001);
    assert.deepEqual(bell.rung, expected);
    assert.equal(wheel.size, 0);
  });

  test('whatever is armed and whenever it is advanced, nothing is early and nothing is left behind', () => {
    const armings = fc.array(fc.record({ pauseMs: fc.nat(300), delayMs: fc.nat(2_000) }), { maxLength: 40 });
    fc.assert(
      fc.property(armings, fc.integer({ min: 1, max: 20 }), fc.nat(10_000), (steps, tickMs, startMs) => {
        const wheel = new TimerWheel(startMs, tickMs, 16);
        const dueMs: number[] = [];
        const bell = new Bell();
        let nowMs = startMs;
        bell.then = (kind) => assert.ok(nowMs >= dueMs[kind]!, `timer ${kind} is early`);
        for (const { pauseMs, delayMs } of steps) {
          nowMs += pauseMs;
          wheel.advance(nowMs);
          wheel.arm(new Timer(bell, dueMs.length), nowMs, delayMs);
          dueMs.push(nowMs + delayMs);
        }
        nowMs = Math.max(startMs, ...dueMs) + 2 * tickMs;
        wheel.advance(nowMs);
        assert.equal(bell.rung.length, dueMs.length);
        assert.equal(wheel.size, 0);
      }),
      { numRuns: 300 },
    );
  });
});
