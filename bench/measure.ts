import { performance } from 'node:perf_hooks';

const ROUNDS = 60;
const ROUND_MS = 10;

/**
 * Runs `op` in short rounds and prints `name  N ns/op`, of the fastest round: what slows a round
 * down is a neighbour on the machine, so the fastest one tells most of the code. `op` gets the number of the call
 * and returns a number that depends on its work, so that nothing is optimised away.
 */
export function measure(name: string, op: (call: number) => number): void {
  let kept = 0;
  const once = (calls: number): number => {
    const startMs = performance.now();
    for (let call = 0; call < calls; call += 1) kept += op(call);
    return ((performance.now() - startMs) * 1e6) / calls;
  };
  once(20_000);
  const calls = Math.max(100, Math.round((ROUND_MS * 1e6) / once(20_000)));
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) fastest = Math.min(fastest, once(calls));
  if (Number.isNaN(kept)) throw new Error(`${name} returned no number`);
  console.log(`${name}  ${Math.round(fastest)} ns/op`);
}
