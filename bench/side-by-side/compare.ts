/**
 * Side by side: Kamailio with its Lua engine and this service, the same Lua script, the same SIPp
 * load, in one run. A call is INVITE/100/180/200/ACK/BYE/200 through a stateful, record-routing,
 * location-looking-up proxy.
 *
 *   npm run bench:compare -- [--rates 500,1000,2000] [--seconds 6] [--rounds 3] [--only peer|ours]
 *
 * Needs Debian's kamailio, kamailio-lua-modules and sip-tester. CPU is user and system time of the
 * whole process tree, from /proc. Kamailio runs with its fastest allocator (`-x fm`).
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROUTE = join(HERE, 'route.lua');
const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);
const PAGE_BYTES = Number(spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).stdout);

interface Figures {
  readonly calls: number;
  readonly failed: number;
  readonly microseconds: number;
  readonly residentMiB: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Server {
  readonly name: 'peer' | 'ours';
  readonly command: readonly string[];
}

const { values: options } = parseArgs({
  options: {
    rates: { type: 'string', default: '500,1000,2000' },
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});

const PEER: Server = {
  name: 'peer',
  command: ['kamailio', '-A', `ROUTE="${ROUTE}"`, '-f', join(HERE, 'kamailio.cfg'), '-DD', '-E', '-m', '2048', '-M', '64', '-x', 'fm'],
};
const OURS: Server = { name: 'ours', command: ['npm', 'run', '--silent', 'bench:node'] };

for (const program of ['sipp', ...(options.only === 'ours' ? [] : ['kamailio'])]) {
  if (spawnSync('which', [program]).status !== 0) {
    console.error(`${program} is missing: apt-get install kamailio kamailio-lua-modules sip-tester`);
    process.exit(2);
  }
}

const rates = options.rates.split(',').map(Number);
const seconds = Number(options.seconds);
const ratios = new Map<number, number[]>();
for (let round = 1; round <= Number(options.rounds); round += 1) {
  const seen = new Map<string, number>();
  for (const server of [PEER, OURS]) {
    if (options.only !== undefined && options.only !== server.name) continue;
    const running = await start(server);
    await load(running, 200, 3); // warm up
    for (const rate of rates) {
      const figures = await load(running, rate, seconds);
      seen.set(`${server.name} ${rate}`, figures.microseconds);
      console.log(line(round, server.name, rate, figures));
    }
    await stop(running);
  }
  for (const rate of rates) {
    const peer = seen.get(`peer ${rate}`);
    const ours = seen.get(`ours ${rate}`);
    if (peer !== undefined && ours !== undefined) ratios.set(rate, [...(ratios.get(rate) ?? []), ours / peer]);
  }
}
for (const [rate, values] of ratios) {
  const sorted = [...values].sort((a, b) => a - b);
  console.log(`ratio ours/peer at ${rate}/s: ${values.map((value) => value.toFixed(2)).join(' ')}  median ${sorted[sorted.length >> 1]!.toFixed(2)}`);
}

function line(round: number, name: string, rate: number, figures: Figures): string {
  return (
    `round ${round}  ${name}  ${String(rate).padStart(6)}/s  calls ${String(figures.calls).padStart(6)}  failed ${String(figures.failed).padStart(5)}` +
    `  cpu ${figures.microseconds.toFixed(1).padStart(7)} us/call  rss ${figures.residentMiB.toFixed(1).padStart(6)} MiB` +
    `  p50 ${figures.p50Ms.toFixed(1)} ms  p99 ${figures.p99Ms.toFixed(1)} ms`
  );
}

async function start(server: Server): Promise<ChildProcess> {
  const log = openSync(join(tmpdir(), `sipweet-compare-${server.name}.log`), 'w');
  const [program, ...args] = server.command;
  const child = spawn(program!, args, { env: { ...process.env, ROUTE }, stdio: ['ignore', log, log], detached: true });
  for (let tries = 0; tries < 120; tries += 1) {
    if (child.exitCode !== null) break;
    const registered = sipp(['-sf', join(HERE, 'register.xml'), '-s', 'service', '127.0.0.1:5060', '-i', '127.0.0.1', '-p', '5090', '-m', '1', '-timeout', '1', '-nostdin']);
    if (registered === 0) return child;
    await wait(250);
  }
  console.error(`${server.name} does not answer a REGISTER on udp:127.0.0.1:5060; its log is ${join(tmpdir(), `sipweet-compare-${server.name}.log`)}`);
  if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  process.exit(1);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid!, 'SIGTERM');
  const late = wait(15_000, 'late', { ref: false });
  if ((await Promise.race([ended, late])) === 'late') process.kill(-child.pid!, 'SIGKILL');
  await wait(1000);
}

function sipp(args: readonly string[], folder?: string): number | null {
  return spawnSync('sipp', args, { stdio: 'ignore', cwd: folder, timeout: 180_000 }).status;
}

async function load(server: ChildProcess, rate: number, durationS: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'sipweet-compare-'));
  try {
    const callee = spawn('sipp', ['-sf', join(HERE, 'uas.xml'), '-i', '127.0.0.1', '-p', '5070', '-nostdin'], { stdio: 'ignore', cwd: folder });
    await wait(500);
    const before = usage(server.pid!);
    const calls = rate * durationS;
    const scenario = ['-sf', join(HERE, 'uac.xml'), '-s', 'service', '127.0.0.1:5060', '-i', '127.0.0.1', '-p', '5080'];
    const pace = ['-r', String(rate), '-m', String(calls), '-l', '60000', '-timeout', String(durationS + 40), '-nostdin'];
    await new Promise((resolve) => {
      spawn('sipp', [...scenario, ...pace, '-trace_stat', '-stf', join(folder, 'stat.csv'), '-trace_rtt', '-rtt_freq', '1000'], { stdio: 'ignore', cwd: folder }).once('exit', resolve);
    });
    const after = usage(server.pid!);
    callee.kill();
    return figuresOf(folder, calls, after.seconds - before.seconds, after.residentBytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(folder: string, calls: number, cpuSeconds: number, residentBytes: number): Figures {
  const rows = readFileSync(join(folder, 'stat.csv'), 'utf8').trim().split('\n').map((row) => row.split(';'));
  const last = rows.at(-1)!;
  const done = Number(last[rows[0]!.indexOf('SuccessfulCall(C)')]);
  const times = readdirSync(folder)
    .filter((name) => /rtt.*csv$/.test(name))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/;([0-9.]+);/g)].map((match) => Number(match[1])))
    .sort((a, b) => a - b);
  const quantile = (q: number): number => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? Number.NaN;
  return {
    calls,
    failed: calls - done,
    microseconds: (cpuSeconds / Math.max(1, done)) * 1e6,
    residentMiB: residentBytes / 2 ** 20,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

/** CPU seconds and resident bytes of a process and all its descendants. */
function usage(root: number): { seconds: number; residentBytes: number } {
  const processes = new Map<number, { parent: number; ticks: number; pages: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      processes.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]), pages: Number(fields[21]) });
    } catch {
      // It ended while the list was read.
    }
  }
  let ticks = 0;
  let pages = 0;
  for (const [pid, own] of processes) {
    let ancestor: number | undefined = pid;
    while (ancestor !== undefined && ancestor !== root) ancestor = processes.get(ancestor)?.parent;
    if (ancestor !== root) continue;
    ticks += own.ticks;
    pages += own.pages;
  }
  return { seconds: ticks / TICKS_PER_SECOND, residentBytes: pages * PAGE_BYTES };
}
