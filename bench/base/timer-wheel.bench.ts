/**
 * Arming and disarming a timer, which each SIP message does several times, on a wheel with as many others as a busy
 * node has. Run with `node --import tsx bench/base/timer-wheel.bench.ts`.
 */
import { Timer, TimerWheel, type TimerOwner } from '../../src/base/timer-wheel.ts';
import { measure } from '../measure.ts';

const OTHERS = 100_000;
const TICK_MS = 10;
const LIFETIME_MS = 32_000;

let fired = 0;
const owner: TimerOwner = {
  onTimer() {
    fired += 1;
  },
};
const wheel = new TimerWheel(0, TICK_MS);
for (let other = 0; other < OTHERS; other += 1) wheel.arm(new Timer(owner), 0, (other * 7919) % LIFETIME_MS);
const timers = Array.from({ length: 1024 }, () => new Timer(owner));

measure('wheel/armed and disarmed', (call) => {
  const timer = timers[call & 1023]!;
  wheel.arm(timer, 0, (call & 63) * 500);
  wheel.disarm(timer);
  return timer.dueTick;
});

let nowMs = 0;
measure('wheel/armed and fired, 1 s later', (call) => {
  const timer = timers[call & 1023]!;
  if (!timer.armed) wheel.arm(timer, nowMs, 1000);
  // A thousand timers a second: what expiry costs is in it.
  nowMs += 1;
  wheel.advance(nowMs);
  return fired;
});
