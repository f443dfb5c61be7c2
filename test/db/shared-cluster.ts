/**
 * One database server for all test files of a run, with a migrated database that each file gets a
 * copy of. Its URL is in the environment variable that `SHARED_CLUSTER` names.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '../../src/base/logger.ts';
import { openDatabase } from '../../src/db/connection.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { Migrations } from '../../src/db/migrations.ts';
import { temporaryFolder } from './cluster-folder.ts';

export const SHARED_CLUSTER = 'TEST_CLUSTER_URL';

/** The database that is copied; nobody connects to it, or PostgreSQL would refuse to copy it. */
export const MIGRATED_TEMPLATE = 'test_template';

export interface SharedCluster {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startSharedCluster(): Promise<SharedCluster> {
  const folder = await temporaryFolder();
  const embedded = await startEmbedded({ folder: join(folder, 'postgres'), logger: silentLogger, durable: false });
  const admin = openDatabase({ url: embedded.url, applicationName: 'sipweet test', logger: silentLogger, poolSize: 1 });
  await admin.raw('create database ??', [MIGRATED_TEMPLATE]);
  await admin.destroy();
  const template = openDatabase({ url: databaseUrl(embedded.url, MIGRATED_TEMPLATE), applicationName: 'sipweet test', logger: silentLogger, poolSize: 1 });
  await new Migrations(template).latest();
  await template.destroy();
  return {
    url: embedded.url,
    async stop() {
      await embedded.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The URL of another database of the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
