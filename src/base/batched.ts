import type { Clock } from './clock.ts';
import { Timer, type TimerOwner } from './timer-wheel.ts';

/**
 * What goes in a stream comes so far apart, in milliseconds: a commit, or a job of BullMQ, costs as much for one as for
 * all that come in this time.
 */
export const GATHER_MS = 10;

/** How calls are gathered into one, and what they answer. */
export interface BatchedWork<Input, Output> {
  /** Does it for all of them: an output for each input, in their order. */
  readonly run: (inputs: readonly Input[]) => Promise<readonly Output[]>;
  /** Inputs with the same key are never done in one run: an `UPDATE … FROM` would answer two callers for one change. Reads need none. */
  readonly keyOf?: (input: Input) => string;
  /** Whether the failure of a run may be one input's fault, so that each is to be tried by itself. Default: never. */
  readonly isOnesFault?: (thrown: unknown) => boolean;
  /** Inputs of one run at most. Default 100. */
  readonly limit?: number;
  /** When calls came during a run, the next one begins so long after it, so that more go together. Default: at once. */
  readonly gather?: { readonly clock: Clock; readonly ms: number };
  /** After so long a run is late: the next one goes beside it. Default: they wait for it. */
  readonly patience?: { readonly clock: Clock; readonly ms: number };
}

interface Call<Input, Output> {
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (reason: unknown) => void;
}

const LIMIT = 100;

/** Late runs that others go beside; with more of them, everybody waits. */
const MAX_LATE = 3;

/**
 * Calls that wait together are done together: the first goes at once, and those that come while a run
 * is under way are the next run. So one call alone waits for nothing, and under load the cost of a
 * round trip and of a commit is shared by as many as came meanwhile, and within `gather` after it.
 *
 * A run that fails fails all of its calls, unless it may be the fault of one of them: then each is done
 * by itself, for which `run` has to do all or nothing. A run that hangs, behind somebody's lock, delays its own calls only.
 */
export class Batched<Input, Output> implements TimerOwner {
  readonly #work: BatchedWork<Input, Output>;
  #waiting: Call<Input, Output>[] = [];
  /** The run that the others wait for. */
  #current: Run<Input, Output> | undefined = undefined;
  /** All runs under way. */
  readonly #runs = new Set<Run<Input, Output>>();
  #isAsked = false;
  readonly #gathering = new Timer(this);

  constructor(work: BatchedWork<Input, Output>) {
    this.#work = work;
  }

  call(input: Input): Promise<Output> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, resolve, reject });
      if (this.#current !== undefined || this.#isAsked || this.#gathering.armed) return;
      this.#isAsked = true;
      // What the same turn of the event loop asks for goes along.
      queueMicrotask(() => {
        this.#isAsked = false;
        this.#next();
      });
    });
  }

  /** They have gathered for long enough. */
  onTimer(): void {
    this.#next();
  }

  /** Begins a run with what waits, when none is under way, or all that are are late. */
  #next(): void {
    if (this.#current !== undefined || this.#runs.size > MAX_LATE) return;
    const calls = this.#takeNext();
    if (calls.length === 0) return;
    const run = new Run(calls, () => this.#late(run));
    this.#current = run;
    this.#runs.add(run);
    this.#work.patience?.clock.arm(run.timer, this.#work.patience.ms);
    void this.#runTogether(calls).then(() => this.#ended(run));
  }

  #late(run: Run<Input, Output>): void {
    if (this.#current !== run) return;
    this.#current = undefined;
    this.#next();
  }

  #ended(run: Run<Input, Output>): void {
    this.#work.patience?.clock.disarm(run.timer);
    this.#runs.delete(run);
    if (this.#current === run) this.#current = undefined;
    const { gather, limit = LIMIT } = this.#work;
    // A full run leaves a backlog, in which nobody has to wait for others.
    if (gather === undefined || this.#waiting.length === 0 || run.calls.length >= limit) this.#next();
    else if (!this.#gathering.armed) gather.clock.arm(this.#gathering, gather.ms);
  }

  #takeNext(): Call<Input, Output>[] {
    const { keyOf, limit = LIMIT } = this.#work;
    const keys = new Set<string>();
    if (keyOf !== undefined) for (const { calls } of this.#runs) for (const { input } of calls) keys.add(keyOf(input));
    const next: Call<Input, Output>[] = [];
    const later: Call<Input, Output>[] = [];
    for (const call of this.#waiting) {
      const key = keyOf?.(call.input);
      if (next.length === limit || (key !== undefined && keys.has(key))) {
        later.push(call);
      } else {
        if (key !== undefined) keys.add(key);
        next.push(call);
      }
    }
    this.#waiting = later;
    return next;
  }

  async #runTogether(calls: readonly Call<Input, Output>[]): Promise<void> {
    try {
      const outputs = await this.#work.run(calls.map(({ input }) => input));
      for (const [index, { resolve }] of calls.entries()) resolve(outputs[index]!);
    } catch (thrown) {
      if (calls.length > 1 && this.#work.isOnesFault?.(thrown) === true) {
        for (const call of calls) await this.#runTogether([call]);
      } else {
        for (const { reject } of calls) reject(thrown);
      }
    }
  }
}

/** Calls that are done together now. */
class Run<Input, Output> implements TimerOwner {
  readonly calls: readonly Call<Input, Output>[];
  readonly timer = new Timer(this);
  readonly #late: () => void;

  constructor(calls: readonly Call<Input, Output>[], late: () => void) {
    this.calls = calls;
    this.#late = late;
  }

  onTimer(): void {
    this.#late();
  }
}
