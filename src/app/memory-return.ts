import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from '../base/clock.ts';
import { Timer, type TimerOwner } from '../base/timer-wheel.ts';

const CHECK_MS = 5000;
/** A peak below this is not worth a collection. */
const WORTHWHILE_PEAK = 1000;

/**
 * Gives memory back after a peak. V8 collects garbage when it allocates, so a node that falls silent
 * after a busy hour would keep the memory of that hour. When the number of live transactions has
 * fallen to a tenth of its peak, one full collection is asked for; what it costs is in proportion
 * to what is alive, which is little then.
 */
export class MemoryReturn implements TimerOwner {
  readonly #clock: Clock;
  readonly #liveCount: () => number;
  readonly #collect: () => void;
  readonly #timer = new Timer(this);
  #peak = 0;

  constructor(clock: Clock, liveCount: () => number, collect: () => void = fullCollection()) {
    this.#clock = clock;
    this.#liveCount = liveCount;
    this.#collect = collect;
  }

  start(): void {
    this.#clock.arm(this.#timer, CHECK_MS);
  }

  stop(): void {
    this.#clock.disarm(this.#timer);
  }

  onTimer(): void {
    const count = this.#liveCount();
    if (count > this.#peak) {
      this.#peak = count;
    } else if (this.#peak >= WORTHWHILE_PEAK && count * 10 <= this.#peak) {
      this.#peak = count;
      this.#collect();
    }
    this.start();
  }
}

/** V8's collector, which Node hides unless it is asked for by a flag. */
function fullCollection(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice: what the first one frees of weak references and pages is given back by the second.
  return () => {
    collect();
    collect();
  };
}
