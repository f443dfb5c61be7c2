import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from '../jobs/until.ts';
import { freePort } from '../free-port.ts';
import { isBound } from './sipp.ts';

export interface Kamailio {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts a real Kamailio with the configuration of the side-by-side benchmark and its script, on a
 * free port and with one process that takes requests, so that they are dealt with in their order.
 *
 * @param moreParameters lines of configuration, such as `modparam(...)`
 */
export async function startKamailio(script: string, moreParameters: readonly string[]): Promise<Kamailio> {
  const folder = mkdtempSync(join(tmpdir(), 'sipweet-kamailio-'));
  const port = await freePort();
  const original = readFileSync('bench/side-by-side/kamailio.cfg', 'utf8');
  const changed = original
    .replace('listen=udp:127.0.0.1:5060', `listen=udp:127.0.0.1:${port}`)
    .replace('children=2', 'children=1')
    .replace('cfgengine "lua"', `${moreParameters.join('\n')}\ncfgengine "lua"`);
  const config = join(folder, 'kamailio.cfg');
  writeFileSync(config, changed);
  // -DD: stay in the foreground; -E: log to us; small memory, one call at a time.
  const child = spawn('kamailio', ['-f', config, '-DD', '-E', '-m', '64', '-M', '8', '-w', folder, '-Y', folder, '-A', `ROUTE="${resolve(script)}"`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('latin1').on('data', (text: string) => (output = (output + text).slice(-4000)));
  // It forks: all its processes are of one group.
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, signal);
    } catch {
      // It has ended.
    }
  };
  const atExit = (): void => {
    kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  const close = async (): Promise<void> => {
    process.off('exit', atExit);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until('Kamailio listens', () => child.exitCode !== null || isBound(port, 'udp'), 15_000);
    if (child.exitCode !== null) throw new Error('it has ended');
  } catch (thrown) {
    await close();
    throw new Error(`Kamailio does not start: ${output}`, { cause: thrown });
  }
  return { port, close };
}
