import type { Clock } from './clock.ts';
import { TimerWheel, type Timer } from './timer-wheel.ts';

const TICK_MS = 10;
/** How far ahead it looks for the next timer, and the longest that it sleeps: a timer that was disarmed keeps no process for longer. */
const MAX_SLEEP_TICKS = 100;

/**
 * The machine's time. One Node timer drives the wheel. It wakes the process when a timer may be due and not at each
 * tick, so a process that waits sleeps. Durations follow the monotonic clock: a step of the wall clock fires nothing early.
 */
export class SystemClock implements Clock {
  readonly #wheel = new TimerWheel(performance.now(), TICK_MS);
  readonly #onWake = () => this.#wake();
  #sleep: NodeJS.Timeout | undefined;
  /** Nothing is due before this tick, which it sleeps until. */
  #wakeTick = Number.POSITIVE_INFINITY;

  now(): number {
    return Date.now();
  }

  monotonicMs(): number {
    return performance.now();
  }

  arm(timer: Timer, delayMs: number): void {
    const nowMs = performance.now();
    if (this.#wheel.size === 0) this.#wheel.advance(nowMs);
    this.#wheel.arm(timer, nowMs, delayMs);
    if (timer.dueTick < this.#wakeTick) this.#sleepUntil(timer.dueTick, nowMs);
  }

  disarm(timer: Timer): void {
    this.#wheel.disarm(timer);
  }

  #wake(): void {
    // What is armed meanwhile is looked at when all that is due has fired.
    this.#wakeTick = 0;
    try {
      this.#wheel.advance(performance.now());
    } finally {
      if (this.#wheel.size === 0) this.#wakeTick = Number.POSITIVE_INFINITY;
      else this.#sleepUntil(this.#wheel.nextTick(MAX_SLEEP_TICKS), performance.now());
    }
  }

  #sleepUntil(tick: number, nowMs: number): void {
    clearTimeout(this.#sleep);
    this.#wakeTick = Math.min(tick, Math.ceil(nowMs / TICK_MS) + MAX_SLEEP_TICKS);
    this.#sleep = setTimeout(this.#onWake, Math.max(1, Math.ceil(this.#wakeTick * TICK_MS - nowMs)));
  }
}
