import { nanosecondsOf, ratioToReference, type Effort, type Op } from './timing.ts';

/** What a run of a benchmark file is for: for people to read, or for the gate, which wants ratios. `scripts/bench.ts` says it. */
const { BENCH_MODE, BENCH_ONLY } = process.env;
export const isGate = BENCH_MODE === 'gate';

const FULL: Effort = { warmUpCpuMs: 500, rounds: 60, roundMs: 10 };
/** Half a second for each; with a shorter warm-up the first of a process is measured before V8 has compiled all of it. */
const SHORT: Effort = { warmUpCpuMs: 400, rounds: 25, roundMs: 2 };

/** Measures one hot function and prints `name  N ns/op`; for the gate, a line of JSON. */
export function measure(name: string, op: Op): void {
  if (isGate) {
    if (BENCH_ONLY === undefined || BENCH_ONLY === name) console.log(JSON.stringify({ name, ratio: ratioToReference(op, SHORT) }));
    return;
  }
  console.log(`${name}  ${Math.round(nanosecondsOf(op, FULL))} ns/op`);
}
