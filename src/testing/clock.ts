import type { Clock } from '../base/clock.ts';
import { TimerWheel, type Timer } from '../base/timer-wheel.ts';

/** A clock that stands still until the test advances it; timers fire at their exact millisecond. */
export class VirtualClock implements Clock {
  readonly #wheel: TimerWheel;
  readonly #startMs: number;
  #elapsedMs = 0;

  /** @param startMs wall-clock time at the start, in milliseconds since the epoch */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs;
    this.#wheel = new TimerWheel(0, 1);
  }

  now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#wheel.size;
  }

  arm(timer: Timer, delayMs: number): void {
    this.#wheel.arm(timer, this.#elapsedMs, delayMs);
  }

  disarm(timer: Timer): void {
    this.#wheel.disarm(timer);
  }

  /** Moves time on by `ms`, firing what becomes due in order, each at its own time. */
  advance(ms: number): void {
    const end = this.#elapsedMs + ms;
    while (this.#elapsedMs < end) {
      this.#elapsedMs += 1;
      this.#wheel.advance(this.#elapsedMs);
    }
  }
}
