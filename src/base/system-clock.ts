import type { Clock } from './clock.ts';
import { TimerWheel, type Timer } from './timer-wheel.ts';

const TICK_MS = 10;

/**
 * The machine's time. One Node timer drives the wheel and runs only while something is armed, so
 * an idle process sleeps. Durations follow the monotonic clock: a step of the wall clock fires
 * nothing early.
 */
export class SystemClock implements Clock {
  readonly #wheel = new TimerWheel(performance.now(), TICK_MS);
  readonly #onTick = () => this.#tick();
  #ticking: NodeJS.Timeout | undefined;

  now(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  arm(timer: Timer, delayMs: number): void {
    const nowMs = performance.now();
    if (this.#ticking === undefined) {
      this.#wheel.advance(nowMs);
      this.#ticking = setInterval(this.#onTick, TICK_MS);
    }
    this.#wheel.arm(timer, nowMs, delayMs);
  }

  disarm(timer: Timer): void {
    this.#wheel.disarm(timer);
  }

  #tick(): void {
    this.#wheel.advance(performance.now());
    if (this.#wheel.size === 0) {
      clearInterval(this.#ticking);
      this.#ticking = undefined;
    }
  }
}
