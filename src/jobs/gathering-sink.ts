import { Batched } from '../base/batched.ts';
import type { JobSink, NewJob } from './queue.ts';

/**
 * A sink for many who add a job each, at about the same time: what comes while an addition is under way
 * is the next addition, bundled. What `AddOptions.bundled` says of handlers holds for theirs.
 */
export class GatheringSink implements JobSink {
  readonly #additions: Batched<readonly NewJob[], undefined>;

  constructor(sink: JobSink) {
    this.#additions = new Batched({
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
