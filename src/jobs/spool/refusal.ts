import type { Clock } from '../../base/clock.ts';
import type { Counter } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';

const LOG_EVERY_MS = 1000;

/** Counts the events that a spool does not take, and logs them once a second at most. */
export class Refusal {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counter: Counter;
  #loggedAtMs = -Infinity;
  #unlogged = 0;

  constructor(clock: Clock, logger: Logger, counter: Counter) {
    this.#clock = clock;
    this.#logger = logger;
    this.#counter = counter;
  }

  /** Always false, as `append` wants it. */
  refuse(queue: string, reason: string): false {
    this.#counter.value += 1;
    this.#unlogged += 1;
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#loggedAtMs >= LOG_EVERY_MS) {
      this.#logger.error('Event not taken into the spool', { queue, reason, refused: this.#unlogged });
      this.#loggedAtMs = nowMs;
      this.#unlogged = 0;
    }
    return false;
  }
}
