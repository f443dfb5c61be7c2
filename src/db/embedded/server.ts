/** The server process of an embedded database: what it writes about itself, its start, its end. */
import { spawn } from 'node:child_process';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { SERVER_ENVIRONMENT, type Binaries } from './binaries.ts';
import { findProcess, type RunningProcess } from './process-table.ts';
import { spawnIdentity, type RunAs } from './run-as.ts';

const POLL_MS = 20;
/** How long a signal gets to end the server before the next, harder one. */
const STOP_STEPS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5000],
  ['SIGKILL', 2000],
];

/** A running postmaster, as its `postmaster.pid` and the process table say. */
export interface RunningServer {
  readonly process: RunningProcess;
  readonly port: number;
  /** True once it accepts connections. */
  readonly ready: boolean;
}

/**
 * The server that runs on this data directory. A `postmaster.pid` that a dead server left is not
 * believed; one whose pid belongs to somebody else by now is removed, because PostgreSQL would
 * take that process for a server and refuse to start.
 */
export async function findServer(data: string): Promise<RunningServer | undefined> {
  const path = join(data, 'postmaster.pid');
  const lines = (await readFile(path, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!(pid > 0)) return undefined;
  const found = await findProcess(pid);
  if (found !== undefined && lines[1] === data && found.command.includes(data)) {
    return { process: found, port, ready: lines[7]?.trim() === 'ready' };
  }
  if (found !== undefined || isTaken(pid)) await unlink(path).catch(() => undefined);
  return undefined;
}

/**
 * Starts the server on a free port of 127.0.0.1 and waits until it accepts connections. It gets a
 * session of its own, so that Ctrl-C in a terminal reaches us and not it, and it writes to a file,
 * so that it does not depend on our being there.
 *
 * @throws AppError `db.embedded`
 */
export async function startServer(options: {
  readonly binaries: Binaries;
  readonly runAs: RunAs | undefined;
  readonly data: string;
  readonly logPath: string;
  readonly durable: boolean;
  readonly timeoutMs: number;
  readonly logger: Logger;
}): Promise<RunningServer> {
  const port = await freePort();
  await rename(options.logPath, `${options.logPath}.1`).catch(() => undefined);
  const log = await open(options.logPath, 'w', 0o644);
  const flags = ['-D', options.data, '-p', String(port), ...settings(options.durable).flatMap((setting) => ['-c', setting])];
  const child = spawn(options.binaries.postgres, flags, {
    ...spawnIdentity(options.runAs),
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  let ended: string | undefined;
  let ready = false;
  child.on('error', (thrown) => (ended = thrown.message));
  child.on('exit', (code, signal) => {
    ended = `it ended with ${code ?? signal}`;
    // 0 is a shutdown that somebody asked for; before `ready` the caller gets the error.
    if (code !== 0 && ready) options.logger.error(`embedded PostgreSQL: ${ended}`, { log: options.logPath });
  });
  child.unref();
  try {
    for (let waitedMs = 0; waitedMs < options.timeoutMs; waitedMs += POLL_MS) {
      if (ended !== undefined) {
        const said = await lastLines(options.logPath);
        throw new AppError('db.embedded', `The embedded PostgreSQL does not start: ${said || ended}`);
      }
      const server = await findServer(options.data);
      if (server?.ready === true && server.process.pid === child.pid) {
        ready = true;
        return server;
      }
      await pause(POLL_MS);
    }
  } finally {
    await log.close();
  }
  child.kill('SIGQUIT');
  const reason = `The embedded PostgreSQL was not ready after ${options.timeoutMs} ms; see ${options.logPath}`;
  throw new AppError('db.embedded', reason);
}

/** Ends the server and waits until it is gone: first a fast shutdown, then harder. */
export async function stopServer(server: RunningServer): Promise<void> {
  for (const [signal, patienceMs] of STOP_STEPS) {
    if (!(await isRunning(server))) return;
    try {
      process.kill(server.process.pid, signal);
    } catch {
      return;
    }
    for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += POLL_MS) {
      if (!(await isRunning(server))) return;
      await pause(POLL_MS);
    }
  }
}

export async function isRunning(server: RunningServer): Promise<boolean> {
  return (await findProcess(server.process.pid))?.startedAt === server.process.startedAt;
}

function settings(durable: boolean): string[] {
  return [
    'listen_addresses=127.0.0.1',
    // No socket in the file system: its path has a length limit and its folder other users.
    'unix_socket_directories=',
    // What is not durable serves tests, some of which run several services at a time on one server.
    `max_connections=${durable ? 100 : 400}`,
    'shared_buffers=64MB',
    'timezone=UTC',
    'log_timezone=UTC',
    // A statement's error goes to the client that sent it; the log is for the server's own troubles.
    'log_min_messages=log',
    'log_checkpoints=off',
    // A killed server leaves nothing outside of its folder; /dev/shm is small in containers anyway.
    'dynamic_shared_memory_type=mmap',
    'io_method=sync',
    'jit=off',
    ...(durable ? [] : ['fsync=off', 'full_page_writes=off']),
  ];
}

/** Somebody may take the port before the server does; it then fails to start and the caller tries again. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

async function lastLines(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' ');
}

/** A zombie or a process that we may not look at still takes its pid, in PostgreSQL's eyes too. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
