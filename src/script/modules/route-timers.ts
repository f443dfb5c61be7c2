import type { Clock } from '../../base/clock.ts';
import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';

/** One timer of `script.timers`. */
export interface RouteTimerOptions {
  readonly intervalMs: number;
  /** The global function of the script that runs. */
  readonly route: string;
}

/** Runs a callback of the script; `whenDone` is called when it has ended, also when it had to wait. */
export type EventRunner = (callback: string, event: string, whenDone: () => void) => void;

/** What the callback gets as its argument, as in Kamailio. */
const EVENT = 'rtimer';

/**
 * The timers of the module `rtimer`, which has no functions: each runs a callback every `intervalMs`,
 * counted from the start of the last run. A run that takes longer, because it waits, delays the
 * next; two runs of one timer never overlap.
 */
export class RouteTimers {
  readonly #timers: readonly RouteTimer[];

  constructor(definitions: Readonly<Record<string, RouteTimerOptions>>, clock: Clock, run: EventRunner) {
    this.#timers = Object.values(definitions).map((options) => new RouteTimer(options, clock, run));
  }

  /** Starts all timers; the first runs are one interval away. */
  start(): void {
    for (const timer of this.#timers) timer.start();
  }

  /** No run starts after this; one that waits goes on to its end. */
  stop(): void {
    for (const timer of this.#timers) timer.stop();
  }
}

class RouteTimer implements TimerOwner {
  readonly #options: RouteTimerOptions;
  readonly #clock: Clock;
  readonly #run: EventRunner;
  readonly #timer = new Timer(this);
  #stopped = true;
  #startedMs = 0;

  constructor(options: RouteTimerOptions, clock: Clock, run: EventRunner) {
    this.#options = options;
    this.#clock = clock;
    this.#run = run;
  }

  start(): void {
    this.#stopped = false;
    this.#clock.arm(this.#timer, this.#options.intervalMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#clock.disarm(this.#timer);
  }

  onTimer(): void {
    this.#startedMs = this.#clock.monotonicMs();
    this.#run(this.#options.route, EVENT, () => this.#armNext());
  }

  #armNext(): void {
    if (this.#stopped) return;
    const tookMs = this.#clock.monotonicMs() - this.#startedMs;
    this.#clock.arm(this.#timer, Math.max(0, this.#options.intervalMs - tookMs));
  }
}
