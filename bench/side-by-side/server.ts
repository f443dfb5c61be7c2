/** Starting, stopping and measuring a server under test; shared by the runs of this folder. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROUTE = join(HERE, 'route.lua');
const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);
const PAGE_BYTES = Number(spawnSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }).stdout);

export interface Server {
  readonly name: 'peer' | 'ours';
  readonly command: readonly string[];
}

/** Kamailio with its fastest allocator. */
export const PEER: Server = {
  name: 'peer',
  command: ['kamailio', '-A', `ROUTE="${ROUTE}"`, '-f', join(HERE, 'kamailio.cfg'), '-DD', '-E', '-m', '2048', '-M', '64', '-x', 'fm'],
};
export const OURS: Server = { name: 'ours', command: ['npm', 'run', '--silent', 'bench:node'] };

/** Ends the program with one line when something that it needs is not installed. */
export function requirePrograms(programs: readonly string[]): void {
  for (const program of programs) {
    if (spawnSync('which', [program]).status === 0) continue;
    console.error(`${program} is missing: apt-get install kamailio kamailio-lua-modules sip-tester`);
    process.exit(2);
  }
}

/** Starts a server and waits until it answers a REGISTER, which also registers the callee of the load. */
export async function start(server: Server): Promise<ChildProcess> {
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

/** Ends a server and all that it started. */
export async function stop(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid!, 'SIGTERM');
  const late = wait(15_000, 'late', { ref: false });
  if ((await Promise.race([ended, late])) === 'late') process.kill(-child.pid!, 'SIGKILL');
  await wait(1000);
}

function sipp(args: readonly string[]): number | null {
  return spawnSync('sipp', args, { stdio: 'ignore', timeout: 180_000 }).status;
}

/** CPU seconds and resident bytes of a process and all its descendants. */
export function usage(root: number): { seconds: number; residentBytes: number } {
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
