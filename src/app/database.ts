/** Which PostgreSQL a command works on: the one of `database.url`, or the embedded one. */
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import { openDatabase } from '../db/connection.ts';
import { startEmbedded, type EmbeddedDatabase } from '../db/embedded.ts';
import { Migrations } from '../db/migrations.ts';

/** A pool of connections. */
export type Database = ReturnType<typeof openDatabase>;

export interface DatabaseAccess {
  /** With the password: never log it. */
  readonly url: string;
  /** The embedded server, when it is that one. */
  readonly embedded: { readonly folder: string; readonly port: number } | undefined;
  /** Stops the embedded server if we have started it. */
  release(): Promise<void>;
}

export interface AccessOptions {
  readonly config: Config;
  readonly logger: Logger;
  /** False for data that may be lost with the machine, as the demonstration's. Default true. */
  readonly durable?: boolean;
}

const OWNERSHIP_PATIENCE_MS = 8_000;
const POLL_MS = 200;

/** For one command: joins an embedded server that runs already, else starts one until `release`. */
export async function reachDatabase(options: AccessOptions): Promise<DatabaseAccess> {
  const { url } = options.config.database;
  return url === undefined ? accessTo(await embeddedFor(options)) : remote(url);
}

/**
 * For the supervisor: the embedded server must be our own, since it would stop under us when its
 * owner ends. A command such as `user add` owns it for a moment, which is waited for.
 *
 * @throws AppError `db.embedded` when another service has the data folder
 */
export async function ownDatabase(options: AccessOptions): Promise<DatabaseAccess> {
  const { url, dataFolder } = options.config.database;
  if (url !== undefined) return remote(url);
  for (let waitedMs = 0; waitedMs < OWNERSHIP_PATIENCE_MS; waitedMs += POLL_MS) {
    const embedded = await embeddedFor(options);
    if (embedded.owned) return accessTo(embedded);
    await pause(POLL_MS);
  }
  const help = 'stop it, or give this one its own database.dataFolder and queue.spoolFolder';
  throw new AppError('db.embedded', `Another sipweet runs with the data in ${dataFolder}: ${help}`);
}

function embeddedFor({ config, logger, durable }: AccessOptions): Promise<EmbeddedDatabase> {
  const { dataFolder: folder } = config.database;
  return startEmbedded({ folder, logger, ...(durable === undefined ? {} : { durable }) });
}

function accessTo(embedded: EmbeddedDatabase): DatabaseAccess {
  const { url, folder, port } = embedded;
  return { url, embedded: { folder, port }, release: () => embedded.stop() };
}

function remote(url: string): DatabaseAccess {
  return { url, embedded: undefined, release: async () => {} };
}

/** A pool as the configuration wants it. */
export function openPool(parts: { url: string; config: Config; logger: Logger; applicationName: string }): Database {
  const { poolSize, statementTimeoutMs, connectTimeoutMs } = parts.config.database;
  const { url, logger, applicationName } = parts;
  return openDatabase({ url, logger, applicationName, poolSize, statementTimeoutMs, acquireTimeoutMs: connectTimeoutMs });
}

/** Brings the schema up to date, the queue's tables too when they are in this database. Gives the names of what was applied. */
export async function migrateLatest(parts: { url: string; db: Database; config: Config }): Promise<readonly string[]> {
  const applied = await new Migrations(parts.db).latest();
  if (parts.config.queue.redisUrl === undefined) {
    // BullMQ takes longer to load than most commands take.
    const { migrateQueueBackend } = await import('../jobs/bullmq/postgres-store.ts');
    await migrateQueueBackend(parts.url);
  }
  return applied;
}

/** @throws AppError `db.migration` when the schema is older than this code */
export async function requireMigrated(db: Database): Promise<void> {
  const { pending } = await new Migrations(db).status();
  if (pending.length === 0) return;
  const count = pending.length === 1 ? '1 migration' : `${pending.length} migrations`;
  throw new AppError('db.migration', `The database lacks ${count} of this version: run \`sipweet migrate latest\` first`);
}

/**
 * Runs `work` on the migrated database and lets go of it. The embedded one is migrated when it
 * needs to be, so that a command works before the first `sipweet start`; a server of the operator
 * is not changed behind his back.
 */
export async function withDatabase<Result>(options: AccessOptions, work: (db: Database) => Promise<Result>): Promise<Result> {
  const access = await reachDatabase(options);
  const { config, logger } = options;
  const db = openPool({ url: access.url, config, logger, applicationName: 'sipweet command' });
  try {
    if (access.embedded === undefined) await requireMigrated(db);
    else await new Migrations(db).latest();
    return await work(db);
  } finally {
    await db.destroy();
    await access.release();
  }
}
