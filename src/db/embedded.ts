/**
 * The PostgreSQL that the service brings along, for machines where nobody set `DATABASE_URL`.
 *
 * One server a data folder. The process that starts it owns it and stops it; a second process on
 * the same folder attaches to the running server. After a crash of the owner (kill -9) the server
 * lives on alone: the next start finds it, checks that it is the server of this folder, and becomes
 * its owner. It listens on 127.0.0.1 only, with a random password kept in the data folder.
 */
import { join, resolve } from 'node:path';
import { realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { AppError, errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { prepareBinaries } from './embedded/binaries.ts';
import {
  chooseHome,
  DATABASE_USER,
  ensureCluster,
  keepPassword,
  locateData,
  makeFolder,
  readPassword,
} from './embedded/cluster.ts';
import { OwnerLock } from './embedded/owner-lock.ts';
import { chooseRunAs } from './embedded/run-as.ts';
import { findServer, startServer, stopServer, type RunningServer } from './embedded/server.ts';

const DATABASE = 'sipweet';
const POLL_MS = 100;
const START_ATTEMPTS = 20;

export interface EmbeddedOptions {
  readonly folder: string;
  readonly logger: Logger;
  /** False leaves out every fsync: for tests, whose data may be lost with the machine. Default true. */
  readonly durable?: boolean;
  /** How long a start, with the recovery after a crash, may take. Default 60,000. */
  readonly timeoutMs?: number;
}

type StartOptions = EmbeddedOptions & { readonly timeoutMs: number };

/** An embedded database that accepts connections. */
export interface EmbeddedDatabase {
  /** With the password: never log it. */
  readonly url: string;
  /** The data folder, absolute. */
  readonly folder: string;
  readonly port: number;
  /** Whether this process ends the server; false when it attached to another one's. */
  readonly owned: boolean;
  /** Stops the server if it is ours and waits until it is gone; otherwise does nothing. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts the server of that folder, or attaches to it.
 *
 * @throws AppError `db.embedded`, one line that says what is in the way
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  try {
    await makeFolder(resolve(options.folder));
    return await ownOrAttach(await realpath(options.folder), { ...options, timeoutMs: options.timeoutMs ?? 60_000 });
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const reason = `The embedded PostgreSQL in ${options.folder} cannot be used: ${errorText(thrown)}`;
    throw new AppError('db.embedded', reason, { cause: thrown });
  }
}

async function ownOrAttach(folder: string, options: StartOptions): Promise<EmbeddedDatabase> {
  const { timeoutMs } = options;
  const lock = new OwnerLock(join(folder, 'owner.lock'));
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    if (await lock.take()) {
      try {
        return await own(folder, lock, options);
      } catch (thrown) {
        await lock.release();
        throw thrown;
      }
    }
    const attached = await attach(folder);
    if (attached !== undefined) return attached;
    await pause(POLL_MS);
  }
  const owner = await lock.owner();
  const reason = `Process ${owner?.pid ?? '?'} holds ${folder}, but its PostgreSQL did not answer within ${timeoutMs} ms`;
  throw new AppError('db.embedded', reason);
}

async function own(folder: string, lock: OwnerLock, options: StartOptions): Promise<EmbeddedDatabase> {
  const password = await keepPassword(folder);
  const server = (await adopt(folder, password, options)) ?? (await start(folder, password, options));
  const { port } = server;
  options.logger.debug('embedded PostgreSQL runs', { folder, port, pid: server.process.pid });
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await stopServer(server);
    await lock.release();
  };
  return { url: urlOf(port, password), folder, port, owned: true, stop: () => (stopping ??= stop()) };
}

/**
 * The server that a killed owner left running, if there is one and it lets us in. One that does
 * not was killed a moment ago too, or has another password: it is stopped, and we start our own.
 */
async function adopt(folder: string, password: string, { timeoutMs }: StartOptions): Promise<RunningServer | undefined> {
  const data = await locateData(folder);
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    const server = await findServer(data);
    if (server === undefined) return undefined;
    if (server.ready) {
      try {
        await createDatabase(server.port, password);
        return server;
      } catch {
        await stopServer(server);
        return undefined;
      }
    }
    await pause(POLL_MS);
  }
  throw new AppError('db.embedded', `A PostgreSQL runs on ${data} but does not get ready within ${timeoutMs} ms`);
}

async function start(folder: string, password: string, options: StartOptions): Promise<RunningServer> {
  const { logger, timeoutMs, durable = true } = options;
  const runAs = await chooseRunAs(await locateData(folder));
  const home = await chooseHome(folder, runAs);
  if (home !== folder) {
    logger.info('the PostgreSQL user cannot reach the data folder, its files stand elsewhere', { folder, home });
  }
  const binaries = await prepareBinaries(home, runAs);
  const data = await ensureCluster({ folder, home, binaries, runAs, password, durable });
  const logPath = join(folder, 'server.log');
  const server = await startPatiently({ binaries, runAs, data, logPath, durable, timeoutMs, logger });
  try {
    await createDatabase(server.port, password);
    return server;
  } catch (thrown) {
    await stopServer(server);
    throw thrown;
  }
}

/** Tries again when the port was taken meanwhile, or while the processes of a killed server still end. */
async function startPatiently(options: Parameters<typeof startServer>[0]): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startServer(options);
    } catch (thrown) {
      if (attempt === START_ATTEMPTS || !/could not bind|still in use/.test(errorText(thrown))) throw thrown;
      await pause(POLL_MS);
    }
  }
}

async function attach(folder: string): Promise<EmbeddedDatabase | undefined> {
  const server = await findServer(await locateData(folder));
  if (server?.ready !== true) return undefined;
  const url = urlOf(server.port, await readPassword(folder));
  // The owner creates the database last: until it is there, the owner is still starting.
  if (!(await answers(url))) return undefined;
  return { url, folder, port: server.port, owned: false, stop: async () => {} };
}

function urlOf(port: number, password: string, database = DATABASE): string {
  return `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/${database}`;
}

async function createDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres') });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(DATABASE)}`);
  } catch (thrown) {
    const reason = `The embedded PostgreSQL refuses its own user: ${errorText(thrown)}`;
    throw new AppError('db.embedded', reason, { cause: thrown });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
