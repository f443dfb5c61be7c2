/**
 * A fresh, migrated database for a test file, on one embedded server a process: it is started by
 * the first `withDatabase()` and stopped behind the last.
 */
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Knex } from 'knex';
import { randomHex } from '../../src/base/ids.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/db/connection.ts';
import { startEmbedded, type EmbeddedDatabase } from '../../src/db/embedded.ts';
import { Migrations } from '../../src/db/migrations.ts';

export interface TestDatabase {
  /** A pool on the database; closed behind the last test. */
  readonly db: Knex;
  /** For a second pool or another process. */
  readonly url: string;
}

interface Server {
  readonly embedded: EmbeddedDatabase;
  readonly admin: Knex;
  readonly folder: string;
}

let server: Promise<Server> | undefined;
let users = 0;

/**
 * Call it once at the top of a test file: `const { db } = await withDatabase();`. Not in a
 * `before()`: Node 20 does not wait for one hook of a file before it runs the next.
 *
 * @param options.migrated  false leaves the database empty. Default true.
 */
export async function withDatabase(options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
  users += 1;
  const { embedded, admin } = await (server ??= startServer());
  const name = `test_${randomHex(6)}`;
  await admin.raw('create database ??', [name]);
  const own = new URL(embedded.url);
  own.pathname = `/${name}`;
  const url = own.href;
  const db = openDatabase({ url, applicationName: 'sipweet test', logger: silentLogger });
  if (options.migrated !== false) await new Migrations(db).latest();

  after(async () => {
    await db.destroy();
    await admin.raw('drop database if exists ?? with (force)', [name]);
    users -= 1;
    if (users === 0) await stopServer();
  });
  return { db, url };
}

/** A cluster and its test databases take some 60 MB, and several test files run at once. */
const ENOUGH_BYTES = 512 * 1024 * 1024;

/**
 * A temporary folder that PostgreSQL's user reaches also when the tests run as root; in memory
 * where Linux has room for that, since initialising a cluster is mostly writing.
 */
export async function temporaryFolder(): Promise<string> {
  const memory = await statfs('/dev/shm').catch(() => undefined);
  const parent = memory !== undefined && memory.bavail * memory.bsize > ENOUGH_BYTES ? '/dev/shm' : tmpdir();
  const folder = await mkdtemp(join(parent, 'sipweet-test-'));
  await chmod(folder, 0o755);
  return folder;
}

async function startServer(): Promise<Server> {
  const folder = await temporaryFolder();
  const embedded = await startEmbedded({ folder: join(folder, 'postgres'), logger: silentLogger, durable: false });
  const admin = openDatabase({ url: embedded.url, applicationName: 'sipweet test', logger: silentLogger, poolSize: 1 });
  return { embedded, admin, folder };
}

async function stopServer(): Promise<void> {
  if (server === undefined) return;
  const { embedded, admin, folder } = await server;
  server = undefined;
  await admin.destroy();
  await embedded.stop();
  await rm(folder, { recursive: true, force: true });
}
