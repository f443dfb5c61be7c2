/**
 * What a whole call costs between the datagram and the script, phase by phase, with live transactions, timers and
 * the collector's work in it, and how much memory a call keeps while its transactions linger:
 *
 *   node --expose-gc --max-semi-space-size=16 --import tsx bench/call/call-cost.ts [--users 10] [--dialogs 0]
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
/** Neighbours on the machine and collections slow batches down: this share of them tells what the code itself costs. */
const QUIET = 0.1;
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

function place(count: number): void {
  for (let done = 0; done < count; done += BATCH) calls.place(BATCH);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Per call: the value that this share of the batches stayed below. */
function quantile(batches: readonly number[], share: number): number {
  return [...batches].sort((a, b) => a - b)[Math.floor(batches.length * share)]! / BATCH;
}

// Until the code is optimised and as many transactions live as the rate means.
place(Math.max(20_000, Math.ceil((rate * 70) / BATCH) * BATCH));
calls.settle();
const idleBytes = usedHeap();
place(Math.ceil((rate * LINGER_S * 2) / BATCH) * BATCH);
const busyBytes = usedHeap();
const live = calls.node.transactionCount;

for (const batches of calls.spentUs) batches.length = 0;
place(Number(values.calls));
const quiet = calls.spentUs.map((batches) => quantile(batches, QUIET));
const mean = calls.spentUs.map((batches) => sum(batches) / batches.length / BATCH);

console.log(`${values.users} users, ${values.dialogs} open dialogs, ${live} live transactions, engine ${values.engine}, ${values.calls} calls`);
console.log(`µs of the processor per call: ${sum(quiet).toFixed(1)} in quiet moments, ${sum(mean).toFixed(1)} on average, the collector included`);
console.log(PHASES.map((phase, index) => `${phase} ${quiet[index]!.toFixed(2)}`).join(' · '));
console.log(`${Math.round((busyBytes - idleBytes) / (rate * LINGER_S))} bytes for each call of the last ${LINGER_S} s`);
await calls.node.close();
