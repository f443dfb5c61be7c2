/**
 * A fresh, migrated database for a test file: on the server of the whole run where there is one, else on
 * an embedded server of this process, which the first `withDatabase()` starts and the last one stops.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Knex } from 'knex';
import { randomHex } from '../../src/base/ids.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/db/connection.ts';
import { startEmbedded, type EmbeddedDatabase } from '../../src/db/embedded.ts';
import { Migrations } from '../../src/db/migrations.ts';
import { temporaryFolder } from './cluster-folder.ts';
import { MIGRATED_TEMPLATE, SHARED_CLUSTER, databaseUrl } from './shared-cluster.ts';

export interface TestDatabase {
  /** A pool on the database; closed behind the last test. */
  readonly db: Knex;
  /** For a second pool or another process. */
  readonly url: string;
}

interface Server {
  readonly url: string;
  readonly admin: Knex;
  readonly own: { readonly embedded: EmbeddedDatabase; readonly folder: string } | undefined;
}

let started: Promise<Server> | undefined;
let users = 0;

/**
 * Call it once at the top of a test file: `const { db } = await withDatabase();`. Not in a
 * `before()`: Node 20 does not wait for one hook of a file before it runs the next.
 *
 * @param options.migrated  false leaves the database empty. Default true.
 */
export async function withDatabase(options: { readonly migrated?: boolean } = {}): Promise<TestDatabase> {
  users += 1;
  const { url: server, admin, own } = await (started ??= startServer());
  const name = `test_${randomHex(6)}`;
  const isCopy = options.migrated !== false && own === undefined;
  await admin.raw(`create database ??${isCopy ? ' template ??' : ''}`, isCopy ? [name, MIGRATED_TEMPLATE] : [name]);
  const url = databaseUrl(server, name);
  const db = openDatabase({ url, applicationName: 'sipweet test', logger: silentLogger });
  if (options.migrated !== false && !isCopy) await new Migrations(db).latest();

  after(async () => {
    await db.destroy();
    await admin.raw('drop database if exists ?? with (force)', [name]);
    users -= 1;
    if (users === 0) await stopServer();
  });
  return { db, url };
}

async function startServer(): Promise<Server> {
  const shared = process.env[SHARED_CLUSTER];
  if (shared !== undefined) return { url: shared, admin: adminOf(shared), own: undefined };
  const folder = await temporaryFolder();
  const embedded = await startEmbedded({ folder: join(folder, 'postgres'), logger: silentLogger, durable: false });
  return { url: embedded.url, admin: adminOf(embedded.url), own: { embedded, folder } };
}

function adminOf(url: string): Knex {
  return openDatabase({ url, applicationName: 'sipweet test', logger: silentLogger, poolSize: 1 });
}

async function stopServer(): Promise<void> {
  if (started === undefined) return;
  const { admin, own } = await started;
  started = undefined;
  await admin.destroy();
  if (own === undefined) return;
  await own.embedded.stop();
  await rm(own.folder, { recursive: true, force: true });
}
