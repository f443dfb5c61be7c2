import type { Clock } from '../../base/clock.ts';
import { TimerWheel, type Timer } from '../../base/timer-wheel.ts';

const TICK_MS = 10;

/** Time of synthetic calls: it begins now and moves only when they say so, so that their timers come and go. */
export class WarmUpClock implements Clock {
  readonly #wheel = new TimerWheel(0, TICK_MS);
  readonly #startMs = Date.now();
  #elapsedMs = 0;

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
