import type { Clock } from './clock.ts';
import { Timer } from './timer-wheel.ts';

/** Resolves after so many milliseconds of the clock, and up to one of its ticks more. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.arm(new Timer({ onTimer: () => resolve() }), ms));
}
