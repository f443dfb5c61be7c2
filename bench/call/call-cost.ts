/**
 * What a whole call costs between the datagram and the script, phase by phase, with live transactions, timers and
 * the collector's work in it, and how much memory a call keeps while its transactions linger:
 *
 *   node --expose-gc --max-semi-space-size=32 --import tsx bench/call/call-cost.ts [--users 10] [--dialogs 0]
 *        [--rate 300] [--calls 60000] [--engine native|FILE.lua]
 *
 * With `--cpu-prof` or `--perf-basic-prof` it is the program to profile: nine tenths of its time are the node's.
 */
import { parseArgs } from 'node:util';

import { silentLogger } from '../../src/base/logger.ts';
import { ksrRows } from '../../src/script/ksr/rows.ts';
import { LuaEngine } from '../../src/script/vm/lua-engine.ts';
import { Calls, PHASES } from './calls.ts';
import { NativeEngine } from './native-route.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '10' },
    dialogs: { type: 'string', default: '0' },
    rate: { type: 'string', default: '300' },
    calls: { type: 'string', default: '60000' },
    engine: { type: 'string', default: 'native' },
  },
});
const BATCH = 100;
const ROUND = 2000;
/** Seconds that the transactions of an INVITE linger. */
const LINGER_S = 32;

const rate = Number(values.rate);
const engine = () => (values.engine === 'native' ? new NativeEngine() : new LuaEngine({ path: values.engine, rows: ksrRows, logger: silentLogger }));
const calls = await Calls.start({ engine, users: Number(values.users), dialogs: Number(values.dialogs), callsPerSecond: rate });

function usedHeap(): number {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  return process.memoryUsage().heapUsed;
}

function place(count: number): number {
  const before = calls.spentUs.reduce((sum, us) => sum + us, 0);
  for (let done = 0; done < count; done += BATCH) calls.place(BATCH);
  return (calls.spentUs.reduce((sum, us) => sum + us, 0) - before) / count;
}

// Until the code is optimised and as many transactions live as the rate means.
place(Math.max(20_000, Math.ceil((rate * 70) / BATCH) * BATCH));
calls.settle();
const idleBytes = usedHeap();
place(Math.ceil((rate * LINGER_S * 2) / BATCH) * BATCH);
const busyBytes = usedHeap();
const live = calls.node.transactionCount;

calls.spentUs.fill(0);
const rounds: number[] = [];
for (let done = 0; done < Number(values.calls); done += ROUND) rounds.push(place(ROUND));
rounds.sort((a, b) => a - b);
const placed = rounds.length * ROUND;
const mean = calls.spentUs.reduce((sum, us) => sum + us, 0) / placed;

console.log(`${values.users} users, ${values.dialogs} open dialogs, ${live} live transactions, engine ${values.engine}, ${placed} calls in ${rounds.length} rounds`);
console.log(`µs per call: mean ${mean.toFixed(1)}, median round ${rounds[rounds.length >> 1]!.toFixed(1)}, fastest ${rounds[0]!.toFixed(1)}`);
console.log(PHASES.map((phase, index) => `${phase} ${(calls.spentUs[index]! / placed).toFixed(2)}`).join(' · '));
console.log(`${Math.round((busyBytes - idleBytes) / (rate * LINGER_S))} bytes for each call of the last ${LINGER_S} s`);
await calls.node.close();
