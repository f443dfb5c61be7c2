/**
 * A whole call between the datagram and the script: six messages in, seven out, ten callbacks of a route in
 * TypeScript. The peers' work is in it, and measured by itself in `call-cost.ts`, which also shows the phases.
 * Run with `node --import tsx bench/call/whole-call.bench.ts`.
 */
import { isGate, measure } from '../measure.ts';
import { Calls } from './calls.ts';
import { NativeEngine } from './native-route.ts';

/** The cost must not depend on these; the gate looks at the first row. */
const LOADS = [[10, 0], [100_000, 0], [10, 50_000]] as const;

for (const [users, dialogs] of isGate ? LOADS.slice(0, 1) : LOADS) {
  const calls = await Calls.start({ engine: () => new NativeEngine(), users, dialogs, callsPerSecond: 300 });
  measure(`call/whole, ${users} users, ${dialogs} open dialogs`, () => {
    calls.place(1);
    return calls.done;
  });
  await calls.node.close();
}
