import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { Timer, type TimerOwner } from '../base/timer-wheel.ts';
import type { Binding } from './binding.ts';
import type { LocationIndex } from './location-index.ts';
import type { LocationSink } from './location-sink.ts';

const SWEEP_MS = 1000;
/** When all bindings of a site end in one second, they are taken in slices, so that calls go on between them. */
const SLICE = 100;
const SLICE_PAUSE_MS = 10;

export interface ExpirySweepOptions {
  readonly index: LocationIndex;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sink: LocationSink;
  /** Told of each binding that ended by itself (KEMI event `usrloc:contact-expired`), once, soon after its end. */
  readonly onExpired: (binding: Binding) => void;
}

/** Takes ended bindings out of the index. Routing does not depend on it: a lookup never shows one. */
export class ExpirySweep implements TimerOwner {
  readonly #options: ExpirySweepOptions;
  readonly #timer = new Timer(this);

  constructor(options: ExpirySweepOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.clock.arm(this.#timer, SWEEP_MS);
  }

  stop(): void {
    this.#options.clock.disarm(this.#timer);
  }

  onTimer(): void {
    const { index, clock, sink, onExpired, logger } = this.#options;
    const expired = index.takeExpired(SLICE);
    // First, so that one who stops the sweep from within `onExpired` has stopped it.
    clock.arm(this.#timer, expired.length < SLICE ? SWEEP_MS : SLICE_PAUSE_MS);
    for (const binding of expired) {
      sink.forget(binding.ruid);
      try {
        onExpired(binding);
      } catch (thrown) {
        logger.error('the handler of an ended binding failed', { error: errorText(thrown), username: binding.username });
      }
    }
  }
}
