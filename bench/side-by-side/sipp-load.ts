/** Load by SIPp, at a steady rate. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Figures } from './figures.ts';
import { usage } from './process-tree.ts';
import { HERE, type RunningServer } from './server.ts';

/** Places `rate` calls a second for `durationS` seconds and waits until all have ended. */
export async function sippLoad(server: RunningServer, rate: number, durationS: number): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'sipweet-compare-'));
  const callee = spawn('sipp', ['-sf', join(HERE, 'uas.xml'), '-i', '127.0.0.1', '-p', '5070', '-nostdin'], { stdio: 'ignore', cwd: folder });
  try {
    await wait(500);
    const before = usage(server.pid);
    const calls = rate * durationS;
    const scenario = ['-sf', join(HERE, 'uac.xml'), '-s', 'service', '127.0.0.1:5060', '-i', '127.0.0.1', '-p', '5080'];
    const pace = ['-r', String(rate), '-m', String(calls), '-l', '60000', '-timeout', String(durationS + 40), '-nostdin'];
    const records = ['-trace_stat', '-stf', join(folder, 'stat.csv'), '-trace_rtt', '-rtt_freq', '1000'];
    await new Promise((resolve) => {
      // SIPp waits without end for calls whose messages were lost, its own timeout notwithstanding.
      const timeout = (durationS + 60) * 1000;
      spawn('sipp', [...scenario, ...pace, ...records], { stdio: 'ignore', cwd: folder, timeout, killSignal: 'SIGKILL' }).once('exit', resolve);
    });
    const after = usage(server.pid);
    return figuresOf(folder, calls, after.seconds - before.seconds, after.residentBytes);
  } finally {
    const ended = new Promise((resolve) => callee.once('exit', resolve));
    callee.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(folder: string, calls: number, cpuSeconds: number, residentBytes: number): Figures {
  const rows = readFileSync(join(folder, 'stat.csv'), 'utf8').trim().split('\n').map((line) => line.split(';'));
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
    callsPerSecond: Number.NaN,
  };
}
