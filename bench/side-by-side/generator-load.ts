/** Load by our own generator, `call-generator.c`: closed loop or paced, with users to choose from and calls left open. */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { compiled } from './compile.ts';
import type { Figures } from './figures.ts';
import { pin, usage } from './process-tree.ts';
import type { RunningServer } from './server.ts';

export interface GeneratorLoad {
  readonly calls: number;
  /** Calls a second, or how many go on at one time. */
  readonly rate?: number;
  readonly window?: number;
  /** Calls user0, user1, … of so many instead of the one user "service". */
  readonly users?: number;
  /** Answered and left open. */
  readonly hold?: boolean;
  /** Registers user0, user1, … instead of calling. */
  readonly register?: boolean;
}

interface GeneratorReport {
  readonly ok: number;
  readonly failed: number;
  readonly cps: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** A server and the generator on a core each: what they use does not depend on how the kernel moves them. */
const SERVER_CORE = '0';
const GENERATOR_CORE = '1';
const ALL_CORES = `0-${cpus().length - 1}`;

/** Runs the load with the server on core 0 and the generator on core 1. */
export async function generatorLoad(server: RunningServer, load: GeneratorLoad): Promise<Figures> {
  pin(server.pid, SERVER_CORE);
  const before = usage(server.pid);
  const report = await runGenerator(load);
  const after = usage(server.pid);
  pin(server.pid, ALL_CORES);
  return {
    calls: load.calls,
    failed: report.failed,
    microseconds: ((after.seconds - before.seconds) / Math.max(1, report.ok)) * 1e6,
    residentMiB: after.residentBytes / 2 ** 20,
    p50Ms: report.p50Us / 1000,
    p99Ms: report.p99Us / 1000,
    callsPerSecond: report.cps,
  };
}

async function runGenerator(load: GeneratorLoad): Promise<GeneratorReport> {
  const giveUpS = Math.ceil(load.calls / (load.rate ?? 300)) + 30;
  const words = ['--calls', String(load.calls), '--give-up', String(giveUpS)];
  if (load.rate !== undefined) words.push('--rate', String(load.rate));
  if (load.window !== undefined) words.push('--window', String(load.window));
  if (load.users !== undefined) words.push('--users', String(load.users));
  if (load.hold === true) words.push('--hold');
  if (load.register === true) words.push('--register');
  const child = spawn('taskset', ['-c', GENERATOR_CORE, compiled('call-generator'), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  if (text === '') throw new Error('The load generator said nothing');
  return JSON.parse(text) as GeneratorReport;
}
