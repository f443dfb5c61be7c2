import type { Clock } from '../../base/clock.ts';
import { Timer } from '../../base/timer-wheel.ts';

/** Calls `ring` after `delayMs`, once. Returns the function that takes it back. */
export function alarm(clock: Clock, delayMs: number, ring: () => void): () => void {
  const timer = new Timer({ onTimer: ring });
  clock.arm(timer, delayMs);
  return () => clock.disarm(timer);
}
