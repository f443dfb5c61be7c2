/**
 * Runs random Lua programs on both engines and looks for differences:
 * `node --import tsx fuzz/lua.ts --iterations 10000 --seed 1`. Without a seed it is the time, so that no run has seen the programs
 * before. Each difference is printed with its seed and a small program; ten of them end the run, with exit 1.
 */
import { parseArgs } from 'node:util';
import { checkRandomPrograms } from '../test/lua/differential/check-random-programs.ts';
import { ProgramPair } from '../test/lua/differential/program-pair.ts';

const MAX_SHOWN = 10;

const { values } = parseArgs({ options: { iterations: { type: 'string', default: '10000' }, from: { type: 'string', default: '0' }, seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) }, shown: { type: 'string', default: String(MAX_SHOWN) } } });
const seed = Number(values.seed);
const from = Number(values.from);
const to = from + Number(values.iterations);

console.log(`seed ${seed}, programs ${from} to ${to}`);
const pair = new ProgramPair();
const startMs = performance.now();
const failures = await checkRandomPrograms(pair, { seed, from, to, maxFailures: Number(values.shown) }, console.log);
pair.close();
console.log(`${failures.length} differ, ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
if (failures.length > 0) process.exitCode = 1;
