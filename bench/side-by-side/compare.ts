/** Side by side: Kamailio with its Lua engine and this service, the same Lua script, the same load, in one run. */
import { conclude, median, row, thisMachine, type ResultRow } from '../result.ts';
import { TARGETS, type Target } from '../targets.ts';
import { NODE_HELP, NODE_OPTIONS, commandLine, count, nodeSettings, oneOf } from './command-line.ts';
import { figuresText, type Figures } from './figures.ts';
import { generatorLoad } from './generator-load.ts';
import { claimPorts } from './ports.ts';
import { PEER, PEER_DEFAULT_ALLOCATOR, floor, ours, requirePrograms, start, stop, type RunningServer, type ServerName } from './server.ts';
import { sippLoad } from './sipp-load.ts';

const HELP = `
Compares the CPU that a call costs in Kamailio with app_lua and in this service. A call is
INVITE/100/180/200/ACK/BYE/200 through a stateful, record-routing, location-looking-up proxy; both run
bench/side-by-side/route.lua. CPU is user and system time of the whole process tree, from /proc.

  npm run bench:compare -- [options]

  --rates 500,1000,2000,saturated   calls a second; "saturated" is a closed loop of 40 calls by a generator of our
                                    own, the server on core 0 and the generator on core 1: the least noisy figure
  --seconds 6                       of each rate
  --rounds 3
  --only peer|ours|floor            floor: a program in C that passes the datagrams of a call on and does nothing else
  --load sipp|generator             who places the calls of a paced rate (default sipp; only the generator's times
                                    are fine enough to compare them)
  --allocator fm|default            Kamailio's: its fastest, or the one it takes by itself (default fm)
${NODE_HELP}
  --json FILE                       the result, for docs/performance.md

Examples:
  npm run bench:compare
  npm run bench:compare -- --rates saturated --rounds 5
  npm run bench:compare -- --rates 3000 --load generator --only ours
  npm run bench:compare -- --rates 1000 --engine interpreter --udp dgram

Needs Debian's kamailio, kamailio-lua-modules and sip-tester, and cc. Exit code 1 when a target was missed.
`;

const SATURATED = 'saturated';
const SATURATED_CALLS = 36_000;
const SATURATED_WINDOW = 40;

const options = commandLine(HELP, { rates: '500,1000,2000', seconds: '6', rounds: '3', only: '', load: 'sipp', allocator: 'fm', ...NODE_OPTIONS, json: '' });
const rates = options.rates.split(',');
for (const rate of rates) if (rate !== SATURATED) count('rates', rate);
const seconds = count('seconds', options.seconds);
const rounds = count('rounds', options.rounds);
const only = options.only === '' ? undefined : oneOf('only', options.only, ['peer', 'ours', 'floor']);
const placer = oneOf('load', options.load, ['sipp', 'generator']);
const peer = oneOf('allocator', options.allocator, ['fm', 'default']) === 'fm' ? PEER : PEER_DEFAULT_ALLOCATOR;
const servers = only === 'floor' ? [floor()] : [peer, ours(nodeSettings(options))].filter(({ name }) => only === undefined || only === name);

requirePrograms(['sipp', 'cc', 'taskset', ...(only === undefined || only === 'peer' ? ['kamailio'] : [])]);
await claimPorts();
const machine = thisMachine();

const seen = new Map<string, Figures[]>();
const figuresOf = (name: ServerName, rate: string): readonly Figures[] => seen.get(`${name} ${rate}`) ?? [];
for (let round = 1; round <= rounds; round += 1) {
  for (const server of servers) {
    const running = await start(server);
    await sippLoad(running, 200, 3); // warm up
    for (const rate of rates) {
      const figures = await load(running, rate);
      seen.set(`${server.name} ${rate}`, [...figuresOf(server.name, rate), figures]);
      console.log(`round ${round}  ${server.name}  ${rate.padStart(9)}/s  ${figuresText(figures)}`);
    }
    await stop(running);
  }
}

for (const rate of rates) {
  const ratios = ratiosAt(rate, ({ microseconds }) => microseconds);
  if (ratios.length === 0) continue;
  console.log(`ratio ours/peer at ${rate}/s: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}  median ${median(ratios).toFixed(2)}`);
}
conclude('compare', machine, rates.flatMap(rowsAt), options.json === '' ? undefined : options.json);

function load(server: RunningServer, rate: string): Promise<Figures> {
  if (rate === SATURATED) return generatorLoad(server, { calls: SATURATED_CALLS, window: SATURATED_WINDOW });
  if (placer === 'sipp') return sippLoad(server, Number(rate), seconds);
  return generatorLoad(server, { calls: Number(rate) * seconds, rate: Number(rate) });
}

/** Ours divided by the peer's, round by round. */
function ratiosAt(rate: string, figure: (figures: Figures) => number): readonly number[] {
  const peers = figuresOf('peer', rate);
  return figuresOf('ours', rate).flatMap((own, round) => (peers[round] === undefined ? [] : [figure(own) / figure(peers[round])]));
}

function rowsAt(rate: string): readonly ResultRow[] {
  const at = rate === SATURATED ? SATURATED : `${rate} calls/s`;
  const rows: ResultRow[] = [];
  for (const [name, title] of [['peer', 'Kamailio'], ['ours', 'sipweet'], ['floor', 'datagrams passed on']] as const) {
    const figures = figuresOf(name, rate);
    if (figures.length === 0) continue;
    rows.push(row(`${title}, ${at}: CPU per call`, median(figures.map(({ microseconds }) => microseconds)), 'us'));
    if (isTimed(rate)) rows.push(row(`${title}, ${at}: p99 INVITE to 200`, median(figures.map(({ p99Ms }) => p99Ms)), 'ms'));
    const failed = figures.reduce((sum, each) => sum + each.failed, 0);
    rows.push(row(`${title}, ${at}: failed of ${figures[0]!.calls * figures.length} calls`, failed, 'calls', name === 'ours' ? TARGETS.failedCalls : undefined));
  }
  const cpu = ratiosAt(rate, ({ microseconds }) => microseconds);
  if (cpu.length === 0) return rows;
  rows.push(row(`sipweet/Kamailio, ${at}: CPU per call`, median(cpu), 'ratio', cpuTarget(rate)));
  if (isTimed(rate)) rows.push(row(`sipweet/Kamailio, ${at}: p99`, median(ratiosAt(rate, ({ p99Ms }) => p99Ms)), 'ratio', TARGETS.p99Ratio));
  return rows;
}

/** SIPp's clock moves in steps of some milliseconds: most of what it times took 0. The generator counts microseconds. */
function isTimed(rate: string): boolean {
  return rate === SATURATED || placer === 'generator';
}

/** Nothing is promised about the interpreter, nor against the slow allocator. */
function cpuTarget(rate: string): Target | undefined {
  if (options.engine === 'interpreter' || options.allocator === 'default') return undefined;
  if (options.udp === 'dgram') return TARGETS.ratioDgram;
  return rate === SATURATED ? TARGETS.ratioSaturated : TARGETS.ratioPaced;
}
