/**
 * A fresh, migrated database for a test file: one embedded server a process, started when the
 * first file-level `withDatabase()` needs it, ended with the last.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Knex } from 'knex';
import { randomHex } from '../../src/base/ids.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/db/connection.ts';
import { startEmbedded, type EmbeddedDatabase } from '../../src/db/embedded.ts';
import { Migrations } from '../../src/db/migrations.ts';

export interface TestDatabase {
  /** A pool on the database; only inside tests and hooks. */
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
 * Call it once at the top of a test file (or inside a `describe`).
 *
 * @param options.migrated  false leaves the database empty. Default true.
 */
export function withDatabase(options: { readonly migrated?: boolean } = {}): TestDatabase {
  let db: Knex | undefined;
  let url: string | undefined;
  const name = `test_${randomHex(6)}`;

  before(async () => {
    users += 1;
    const { embedded, admin } = await (server ??= startServer());
    await admin.raw('create database ??', [name]);
    const own = new URL(embedded.url);
    own.pathname = `/${name}`;
    url = own.href;
    db = openDatabase({ url, applicationName: 'sipweet test', logger: silentLogger });
    if (options.migrated !== false) await new Migrations(db).latest();
  });

  after(async () => {
    users -= 1;
    await db?.destroy();
    if (server === undefined) return;
    const { embedded, admin, folder } = await server;
    await admin.raw('drop database if exists ?? with (force)', [name]);
    if (users > 0) return;
    server = undefined;
    await admin.destroy();
    await embedded.stop();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    get db() {
      if (db === undefined) throw new Error('the database is there from the first before() on');
      return db;
    },
    get url() {
      if (url === undefined) throw new Error('the database is there from the first before() on');
      return url;
    },
  };
}

/** A temporary folder that PostgreSQL's user reaches also when the tests run as root. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sipweet-test-'));
  await chmod(folder, 0o755);
  return folder;
}

async function startServer(): Promise<Server> {
  const folder = await temporaryFolder();
  const embedded = await startEmbedded({ folder: join(folder, 'postgres'), logger: silentLogger, durable: false });
  const admin = openDatabase({ url: embedded.url, applicationName: 'sipweet test admin', logger: silentLogger, poolSize: 1 });
  return { embedded, admin, folder };
}
