import { Batched, GATHER_MS } from '../base/batched.ts';
import type { Clock } from '../base/clock.ts';
import type { JobSink, NewJob } from './queue.ts';

/**
 * A sink for many who add a job each, at about the same time: what comes while an addition is under way
 * is the next addition, bundled, with what comes within some milliseconds more. What `AddOptions.bundled` says of handlers
 * holds for theirs.
 */
export class GatheringSink implements JobSink {
  readonly #additions: Batched<readonly NewJob[], undefined>;

  constructor(sink: JobSink, clock: Clock) {
    this.#additions = new Batched({
      gather: { clock, ms: GATHER_MS },
      run: async (additions) => {
        await sink.addBatch(additions.flat(), { bundled: true });
        return additions.map(() => undefined);
      },
    });
  }

  addBatch(jobs: readonly NewJob[]): Promise<void> {
    return this.#additions.call(jobs);
  }
}
