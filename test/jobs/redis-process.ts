import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../free-port.ts';

/** A redis-server on a free port that writes each command to disk before it answers, so that a kill loses nothing. */
export interface RedisServer {
  readonly url: string;
  /** Of the process that was started last. */
  readonly pid: number;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Removes its files. */
  remove(): Promise<void>;
  /** Forgets everything, as a Redis without a disk does when it is started again. */
  empty(): Promise<void>;
}

/** Started; whoever starts it ends it with `kill` and `remove`. Needs `redis-server` (Debian: apt install redis-server). */
export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sipweet-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = await startServer(port, folder);
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    async remove() {
      await rm(folder, { recursive: true, force: true });
    },
    get pid() {
      return child!.pid!;
    },
    async empty() {
      const client = new Redis(server.url);
      await client.flushall();
      client.disconnect();
    },
  };
  await server.start();
  return server;
}

async function startServer(port: number, folder: string): Promise<ChildProcess> {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const child = spawn('redis-server', [...flags, '--appendonly', 'yes', '--appendfsync', 'always'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`redis-server ended at its start (${code})`)));
    child.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.includes('Ready to accept connections')) resolve();
    });
  });
  return child;
}
