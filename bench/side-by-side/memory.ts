/**
 * Does resident memory come back after load? 100,000 calls at 500 a second, then the time that
 * transactions need to expire, measured against the memory after a warm-up.
 *
 *   npm run bench:memory -- [--calls 100000] [--rate 500]
 *
 * Exit 1 when the memory stays more than 20 % above where it started.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { load } from './load.ts';
import { OURS, requirePrograms, start, stop, usage } from './server.ts';

const { values: options } = parseArgs({ options: { calls: { type: 'string', default: '100000' }, rate: { type: 'string', default: '500' } } });
const rate = Number(options.rate);

/** 64*T1 and some seconds for the last collection of garbage. */
const EXPIRY_MS = 45_000;

requirePrograms(['sipp']);
const server = await start(OURS);
const mebibytes = (): number => usage(server.pid!).residentBytes / 2 ** 20;
await load(server, rate, 5);
await wait(EXPIRY_MS);
const before = mebibytes();
console.log(`after warm-up      ${before.toFixed(1)} MiB`);
const figures = await load(server, rate, Number(options.calls) / rate);
console.log(`after ${figures.calls} calls ${mebibytes().toFixed(1)} MiB  failed ${figures.failed}  cpu ${figures.microseconds.toFixed(1)} us/call`);
await wait(EXPIRY_MS);
const after = mebibytes();
console.log(`when all expired   ${after.toFixed(1)} MiB  ratio ${(after / before).toFixed(2)}`);
await stop(server);
process.exitCode = after <= before * 1.2 ? 0 : 1;
