import { performance } from 'node:perf_hooks';
import { referenceLoop } from './reference.ts';

/** Does the thing under test once. It gets the number of the call and returns a number that depends on its work, so that nothing is optimised away. */
export type Op = (call: number) => number;

export interface Effort {
  /** CPU time of this process in which V8 compiles what is called; a busy machine needs longer by the clock. */
  readonly warmUpCpuMs: number;
  readonly rounds: number;
  readonly roundMs: number;
}

/**
 * Nanoseconds a call, of the fastest of many short rounds: what slows a round down is a neighbour on
 * the machine, so the fastest one tells most of the code.
 */
export function nanosecondsOf(op: Op, effort: Effort): number {
  const rounds = new Rounds(op, effort);
  for (let round = 0; round < effort.rounds; round += 1) rounds.run();
  return rounds.fastest;
}

/**
 * How many times as long `op` takes as the reference loop, measured in turns: a machine that is slow,
 * or slow just now, is slow for both.
 */
export function ratioToReference(op: Op, effort: Effort): number {
  const measured = new Rounds(op, effort);
  const reference = new Rounds(referenceLoop, effort);
  for (let round = 0; round < effort.rounds; round += 1) {
    measured.run();
    reference.run();
  }
  return measured.fastest / reference.fastest;
}

/**
 * V8 inlines what it calls from a place that has seen one function only. The first benchmark of a process would
 * be such a one, measured otherwise than the later ones, so the place sees these before.
 */
const OTHERS: readonly Op[] = [(call) => call, (call) => call + 1, (call) => call ^ 1, (call) => call & 1, (call) => -call];

/** Something as long as a whole call takes so many until all that it runs through is compiled. */
const WARM_CALLS = 8000;

class Rounds {
  static #hasSeenOthers = false;
  fastest = Number.POSITIVE_INFINITY;
  readonly #op: Op;
  readonly #calls: number;
  #kept = 0;

  constructor(op: Op, { warmUpCpuMs, roundMs }: Effort) {
    this.#op = op;
    if (!Rounds.#hasSeenOthers) {
      Rounds.#hasSeenOthers = true;
      for (const other of OTHERS) new Rounds(other, { warmUpCpuMs: 1, rounds: 0, roundMs: 0 });
    }
    const startMs = cpuMs();
    let calls = 1;
    let nanoseconds = this.#once(calls);
    for (let done = 1; cpuMs() - startMs < warmUpCpuMs || done < WARM_CALLS; done += calls) {
      calls = Math.min(calls * 2, 10_000);
      nanoseconds = this.#once(calls);
    }
    this.#calls = Math.max(1, Math.round((roundMs * 1e6) / nanoseconds));
  }

  run(): void {
    this.fastest = Math.min(this.fastest, this.#once(this.#calls));
  }

  #once(calls: number): number {
    const startMs = performance.now();
    for (let call = 0; call < calls; call += 1) this.#kept += this.#op(call);
    const nanoseconds = ((performance.now() - startMs) * 1e6) / calls;
    if (Number.isNaN(this.#kept)) throw new Error('The operation under test returned no number');
    return nanoseconds;
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
