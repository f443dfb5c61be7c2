/** What a routing script in Lua costs more than the same routes in TypeScript. */
import { heapOptions } from '../../src/app/heap-options.ts';
import { conclude, median, row, thisMachine } from '../result.ts';
import { TARGETS } from '../targets.ts';
import { NODE_HELP, NODE_OPTIONS, commandLine, count, nodeSettings } from './command-line.ts';
import { figuresText, type Figures } from './figures.ts';
import { generatorLoad } from './generator-load.ts';
import { claimPorts } from './ports.ts';
import { requirePrograms, start, stop, type Server } from './server.ts';

const HELP = `
Runs the same node twice, with bench/side-by-side/route.lua and with the same routes in TypeScript
(bench/call/native-route.ts), saturated by a closed loop of 40 calls, and compares the CPU per call.

  npm run bench:price -- [options]

  --calls 36000   of each round
  --rounds 5      of both, one after the other; the median of their ratios counts
${NODE_HELP}
  --json FILE     the result, for docs/performance.md

Example:
  npm run bench:price -- --rounds 9

Exit code 1 when Lua costs more than the target allows.
`;

const options = commandLine(HELP, { calls: '36000', rounds: '5', ...NODE_OPTIONS, json: '' });
const calls = count('calls', options.calls);
const rounds = count('rounds', options.rounds);
const WINDOW = 40;

// Both from the sources: the routes in TypeScript call the rows of the very node that they are in.
const NODE = ['node', ...heapOptions(), '--import', 'tsx', 'src/app/bench-node.ts'];
const LUA: Server = { name: 'ours', command: [...NODE, ...nodeSettings(options)] };
const NATIVE: Server = { name: 'ours', command: [...NODE, '--native', 'bench/call/native-route.ts', ...nodeSettings(options)] };

requirePrograms(['sipp', 'cc', 'taskset']);
await claimPorts();
const machine = thisMachine();
const lua: Figures[] = [];
const native: Figures[] = [];
for (let round = 1; round <= rounds; round += 1) {
  for (const [name, server, seen] of [['Lua       ', LUA, lua], ['TypeScript', NATIVE, native]] as const) {
    const running = await start(server);
    await generatorLoad(running, { calls, window: WINDOW }); // warm up
    const figures = await generatorLoad(running, { calls, window: WINDOW });
    seen.push(figures);
    console.log(`round ${round}  ${name}  ${figuresText(figures)}`);
    await stop(running);
  }
}

const ratios = lua.map(({ microseconds }, round) => microseconds / native[round]!.microseconds);
console.log(`ratio Lua/TypeScript: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}  median ${median(ratios).toFixed(2)}`);
const cost = (figures: readonly Figures[]): number => median(figures.map(({ microseconds }) => microseconds));
const rows = [
  row('route in Lua: CPU per call', cost(lua), 'us'),
  row('route in TypeScript: CPU per call', cost(native), 'us'),
  row('Lua/TypeScript: CPU per call', median(ratios), 'ratio', TARGETS.luaPrice),
];
conclude('price', machine, rows, options.json === '' ? undefined : options.json);
