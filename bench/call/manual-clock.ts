import type { Clock } from '../../src/base/clock.ts';
import { TimerWheel, type Timer } from '../../src/base/timer-wheel.ts';

/** The width of a tick in production (`system-clock.ts`): the wheel turns as it does there. */
const TICK_MS = 10;

/** Time that moves only when its owner says so: synthetic calls have their timers come and go with it. */
export class ManualClock implements Clock {
  readonly #wheel = new TimerWheel(0, TICK_MS);
  readonly #startMs: number;
  #elapsedMs = 0;

  /** @param startMs wall-clock time at the start, in milliseconds since the epoch */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  arm(timer: Timer, delayMs: number): void {
    this.#wheel.arm(timer, this.#elapsedMs, delayMs);
  }

  disarm(timer: Timer): void {
    this.#wheel.disarm(timer);
  }

  advance(ms: number): void {
    this.#elapsedMs += ms;
    this.#wheel.advance(this.#elapsedMs);
  }
}
