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
import { DONE } from '../../../src/jobs/queue.ts';
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

// Otherwise PostgreSQL flushes by itself a moment later.
await db.query(`alter system set wal_writer_delay = '10s'`);
await db.query('select pg_reload_conf()');

for (const unhurried of [false, true]) {
  test(`on PostgreSQL the end of an addition is that of its flush to the disk${unhurried ? ', unhurried' : ''}`, async (context) => {
    const queue = connectBullmq({ databaseUrl: server.url, clock: new SystemClock(), logger: silentLogger });
    context.after(() => queue.close());
    await queue.addBatch([{ queue: 'q', id: `first-${unhurried}`, name: 'q', data: '' }]);
    const start = await logAt('insert');
    await queue.addBatch([{ queue: 'q', id: `second-${unhurried}`, name: 'q', data: '' }], { unhurried });
    // The log is one sequence, and what flushes it stands behind the job.
    assert.ok((await logAt('flush')) > start);
  });
}

test('on PostgreSQL a worker may have a job before it is on disk', async (context) => {
  const queue = connectBullmq({ databaseUrl: server.url, clock: new SystemClock(), logger: silentLogger });
  context.after(() => queue.close());
  await queue.addBatch([{ queue: 'early', id: 'first', name: 'early', data: '' }]);
  await db.query('checkpoint');
  const lookedAt = new Promise<{ flushed: number; end: number }>((resolve) => {
    queue.process(
      'early',
      async ({ id }) => {
        if (id === 'second') resolve({ flushed: await logAt('flush'), end: await logAt('insert') });
        return DONE;
      },
      { concurrency: 1, retry: { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1 } },
    );
  });
  const added = queue.addBatch([{ queue: 'early', id: 'second', name: 'early', data: '' }], { unhurried: true });
  const { flushed, end } = await lookedAt;
  assert.ok(flushed < end, `${flushed} of ${end}`);
  await added;
});
