/** How long the first calls of a process take: code that has never run is slow until V8 has compiled it. */
import { conclude, median, row, thisMachine } from '../result.ts';
import { TARGETS } from '../targets.ts';
import { NODE_HELP, NODE_OPTIONS, commandLine, count, nodeSettings } from './command-line.ts';
import { generatorLoad, type GeneratorLoad } from './generator-load.ts';
import { claimPorts } from './ports.ts';
import { ours, requirePrograms, startUntouched, stop } from './server.ts';

const HELP = `
Measures the calls of the first seconds of a process: INVITE to 200, from the moment it says that it listens.

  npm run bench:cold -- [options]

  --rate 1000   calls a second
  --seconds 2   how long
  --rounds 5    processes that are started; the median of their percentiles counts
${NODE_HELP}
  --json FILE   the result, for docs/performance.md

Example:
  npm run bench:cold -- --rounds 3

Exit code 1 when the target was missed.
`;

const options = commandLine(HELP, { rate: '1000', seconds: '2', rounds: '5', ...NODE_OPTIONS, json: '' });
const rate = count('rate', options.rate);
const calls = rate * count('seconds', options.seconds);
const rounds = count('rounds', options.rounds);
/** The call goes to somebody who is registered; that one REGISTER is all that came before it. */
const CALLEE: GeneratorLoad = { calls: 1, window: 1, register: true };

requirePrograms(['cc', 'taskset']);
await claimPorts();
const machine = thisMachine();
const p99s: number[] = [];
const p50s: number[] = [];
let failed = 0;
for (let round = 1; round <= rounds; round += 1) {
  const server = await startUntouched(ours(nodeSettings(options)));
  await generatorLoad(server, CALLEE);
  const figures = await generatorLoad(server, { calls, rate, users: 1 });
  p50s.push(figures.p50Ms);
  p99s.push(figures.p99Ms);
  failed += figures.failed;
  console.log(`round ${round}  p50 ${figures.p50Ms.toFixed(1)} ms  p99 ${figures.p99Ms.toFixed(1)} ms  failed ${figures.failed}`);
  await stop(server);
}

const rows = [
  row(`first ${options.seconds} s at ${rate} calls/s: p50 INVITE to 200`, median(p50s), 'ms'),
  row(`first ${options.seconds} s at ${rate} calls/s: p99 INVITE to 200`, median(p99s), 'ms', TARGETS.coldP99Ms),
  row(`failed of ${calls * rounds} calls`, failed, 'calls', TARGETS.failedCalls),
];
conclude('cold', machine, rows, options.json === '' ? undefined : options.json);
