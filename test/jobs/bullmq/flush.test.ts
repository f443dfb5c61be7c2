import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pg from 'pg';
import { silentLogger } from '../../../src/base/logger.ts';
import { SystemClock } from '../../../src/base/system-clock.ts';
import { startEmbedded } from '../../../src/db/embedded.ts';
import { connectBullmq } from '../../../src/jobs/bullmq/bullmq-queue.ts';
import { migrateQueueBackend } from '../../../src/jobs/bullmq/postgres-store.ts';
import { temporaryFolder } from '../../db/cluster-folder.ts';

const folder = await temporaryFolder();
const server = await startEmbedded({ folder: join(folder, 'postgres'), logger: silentLogger, durable: false });
await migrateQueueBackend(server.url);
const db = new pg.Client({ connectionString: server.url });
await db.connect();
after(async () => {
  await db.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A place in PostgreSQL's log, in bytes. */
async function logAt(place: 'insert' | 'flush'): Promise<number> {
  const { rows } = await db.query<{ at: string }>(`select pg_wal_lsn_diff(pg_current_wal_${place}_lsn(), '0/0') as at`);
  return Number(rows[0]!.at);
}

test('on PostgreSQL a job is there before it is on disk, and the addition ends when it is on disk', async (context) => {
  // Otherwise PostgreSQL flushes by itself a moment later.
  await db.query(`alter system set wal_writer_delay = '10s'`);
  await db.query('select pg_reload_conf()');
  const queue = connectBullmq({ databaseUrl: server.url, clock: new SystemClock(), logger: silentLogger });
  context.after(() => queue.close());
  // The log is flushed up to here: what the addition writes comes behind.
  await queue.addBatch([{ queue: 'q', id: 'first', name: 'q', data: '' }]);
  await db.query('checkpoint');

  let isAdded = false;
  const added = queue.addBatch([{ queue: 'q', id: 'second', name: 'q', data: '' }]).then(() => (isAdded = true));
  const isThere = async (): Promise<boolean> => (await db.query(`select from bullmq.job where data->>'id' = 'second'`)).rows.length > 0;
  while (!(await isThere())) assert.equal(isAdded, false);
  const end = await logAt('insert');
  const flushedBefore = await logAt('flush');
  assert.deepEqual([isAdded, flushedBefore < end], [false, true]);
  await added;
  assert.ok((await logAt('flush')) >= end);
});
