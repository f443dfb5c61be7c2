import type { Timer } from './timer-wheel.ts';

/**
 * Time as the rest of the program sees it. Production uses `SystemClock`, tests use
 * `testing/clock.ts`; no other file reads the machine's time or arms a timer of Node.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. Durations are measured with this one. */
  monotonicMs(): number;
  /** Arms `timer` to fire once after `delayMs`; a timer that is armed already is moved. */
  arm(timer: Timer, delayMs: number): void;
  /** Disarms `timer`; nothing happens when it is not armed. */
  disarm(timer: Timer): void;
}
