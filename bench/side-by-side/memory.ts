/** Does resident memory come back after load? */
import { setTimeout as wait } from 'node:timers/promises';
import { conclude, row, thisMachine } from '../result.ts';
import { TARGETS } from '../targets.ts';
import { NODE_HELP, NODE_OPTIONS, commandLine, count, nodeSettings } from './command-line.ts';
import { generatorLoad } from './generator-load.ts';
import { claimPorts } from './ports.ts';
import { usage } from './process-tree.ts';
import { ours, requirePrograms, start, stop } from './server.ts';

const HELP = `
Compares the resident memory of the node before and after many calls, each time when all transactions have expired.

  npm run bench:memory -- [options]

  --calls 500000   calls that are placed
  --rate 2500      calls a second
${NODE_HELP}
  --json FILE      the result, for docs/performance.md

Example:
  npm run bench:memory -- --calls 50000

Exit code 1 when the memory does not come back.
`;

/** 64*T1, and some seconds for the collection of garbage that follows a peak. */
const EXPIRY_MS = 45_000;
/** As busy as the run itself: the size that the heap has under such load is where it starts from. */
const WARM_UP_S = 10;

const options = commandLine(HELP, { calls: '500000', rate: '2500', ...NODE_OPTIONS, json: '' });
const calls = count('calls', options.calls);
const rate = count('rate', options.rate);

requirePrograms(['sipp', 'cc', 'taskset']);
await claimPorts();
const machine = thisMachine();
const server = await start(ours(nodeSettings(options)));
const mebibytes = (): number => usage(server.pid).residentBytes / 2 ** 20;
await generatorLoad(server, { calls: rate * WARM_UP_S, rate });
await wait(EXPIRY_MS);
const before = mebibytes();
console.log(`after warm-up      ${before.toFixed(1)} MiB`);
const figures = await generatorLoad(server, { calls, rate });
console.log(`after ${calls} calls ${figures.residentMiB.toFixed(1)} MiB  failed ${figures.failed}  cpu ${figures.microseconds.toFixed(1)} us/call`);
await wait(EXPIRY_MS);
const after = mebibytes();
await stop(server);

const rows = [
  row('resident before', before, 'MiB'),
  row(`resident after ${calls} calls`, figures.residentMiB, 'MiB'),
  row('resident when all have expired', after, 'MiB'),
  row('after/before', after / before, 'ratio', TARGETS.memoryRatio),
  row(`failed of ${calls} calls`, figures.failed, 'calls', TARGETS.failedCalls),
];
conclude('memory', machine, rows, options.json === '' ? undefined : options.json);
