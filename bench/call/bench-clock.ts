import type { Clock } from '../../src/base/clock.ts';
import { TimerWheel, type Timer } from '../../src/base/timer-wheel.ts';

/** The width of a tick in production (`base/system-clock.ts`): the wheel turns as it does there. */
const TICK_MS = 10;

/** Time that goes on only when the benchmark says so, so that a run has as many live transactions as it wants. */
export class BenchClock implements Clock {
  readonly #wheel = new TimerWheel(0, TICK_MS);
  #elapsedMs = 0;

  now(): number {
    return 1_800_000_000_000 + this.#elapsedMs;
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
