/** Starting and stopping a server under test; shared by the measurements of this folder. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compiled } from './compile.ts';
import { serverPortFree } from './ports.ts';

export const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROUTE = join(HERE, 'route.lua');

export type ServerName = 'peer' | 'ours' | 'floor';

export interface Server {
  readonly name: ServerName;
  readonly command: readonly string[];
}

export interface RunningServer {
  readonly name: ServerName;
  readonly pid: number;
  readonly child: ChildProcess;
}

const KAMAILIO = ['kamailio', '-A', `ROUTE="${ROUTE}"`, '-f', join(HERE, 'kamailio.cfg'), '-DD', '-E', '-m', '2048', '-M', '64'];

/** Kamailio with its fastest allocator: more than half of its CPU goes into the one it uses unless told otherwise. */
export const PEER: Server = { name: 'peer', command: [...KAMAILIO, '-x', 'fm'] };
export const PEER_DEFAULT_ALLOCATOR: Server = { name: 'peer', command: KAMAILIO };

/** Passes datagrams on and does nothing else: what every server costs at least. */
export function floor(): Server {
  return { name: 'floor', command: [compiled('forwarder')] };
}

/** Our node, with these settings (`section.option=value`) on top of its defaults. */
export function ours(settings: readonly string[] = []): Server {
  return { name: 'ours', command: ['npm', 'run', '--silent', 'bench:node', '--', ...settings] };
}

/** Ends the program with one line when something that it needs is not installed. */
export function requirePrograms(programs: readonly string[]): void {
  for (const program of programs) {
    if (spawnSync('which', [program]).status === 0) continue;
    console.error(`${program} is missing: apt-get install kamailio kamailio-lua-modules sip-tester gcc util-linux`);
    process.exit(2);
  }
}

const TRIES = 120;
const TRY_MS = 250;

/** Starts a server and waits until it answers a REGISTER, which also registers the callee of the load. */
export async function start(server: Server): Promise<RunningServer> {
  const { child, log } = launch(server);
  for (let tries = 0; tries < TRIES && child.exitCode === null; tries += 1) {
    if (registerCallee()) return { name: server.name, pid: child.pid!, child };
    await wait(TRY_MS);
  }
  return giveUp(server, child, log);
}

/** Starts a server and comes back as soon as it prints that it listens: nothing has reached it yet. */
export async function startUntouched(server: Server): Promise<RunningServer> {
  const { child, log } = launch(server, 'pipe');
  const listening = new Promise<boolean>((resolve) => {
    child.once('exit', () => resolve(false));
    child.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.includes('listening on ')) resolve(true);
    });
  });
  if (await listening) return { name: server.name, pid: child.pid!, child };
  return giveUp(server, child, log);
}

// However this program ends, no server stays behind on the port.
let launched: ChildProcess | undefined;
process.once('exit', () => {
  if (launched !== undefined && launched.exitCode === null && launched.signalCode === null) process.kill(-launched.pid!, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function launch(server: Server, stdout: 'pipe' | undefined = undefined): { child: ChildProcess; log: string } {
  const log = join(tmpdir(), `sipweet-compare-${server.name}.log`);
  const file = openSync(log, 'w');
  const [program, ...args] = server.command;
  const child = spawn(program!, args, { cwd: ROOT, env: { ...process.env, ROUTE }, stdio: ['ignore', stdout ?? file, file], detached: true });
  launched = child;
  return { child, log };
}

function registerCallee(): boolean {
  const scenario = ['-sf', join(HERE, 'register.xml'), '-s', 'service', '127.0.0.1:5060', '-i', '127.0.0.1', '-p', '5090'];
  return spawnSync('sipp', [...scenario, '-m', '1', '-timeout', '1', '-nostdin'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

function giveUp(server: Server, child: ChildProcess, log: string): never {
  console.error(`${server.name} does not answer on udp:127.0.0.1:5060; its log is ${log}`);
  if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
  process.exit(1);
}

const STOP_MS = 15_000;

/** Ends a server and all that it started; comes back when its port is free. */
export async function stop({ child }: RunningServer): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid!, 'SIGTERM');
  const late = wait(STOP_MS, 'late', { ref: false });
  if ((await Promise.race([ended, late])) === 'late') process.kill(-child.pid!, 'SIGKILL');
  await serverPortFree();
}
