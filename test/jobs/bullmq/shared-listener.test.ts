import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { PgPool, PgPoolClient } from 'bullmq';
import pg from 'pg';
import { silentLogger } from '../../../src/base/logger.ts';
import { SystemClock } from '../../../src/base/system-clock.ts';
import { connectBullmq } from '../../../src/jobs/bullmq/bullmq-queue.ts';
import { migrateQueueBackend } from '../../../src/jobs/bullmq/postgres-store.ts';
import { SharedListener } from '../../../src/jobs/bullmq/shared-listener.ts';
import { DONE, type JobQueue } from '../../../src/jobs/queue.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { until } from '../until.ts';

const { url } = await withDatabase({ migrated: false });
await migrateQueueBackend(url);

const QUEUES = ['a', 'b', 'c', 'd'];

async function observe(context: TestContext): Promise<pg.Client> {
  const db = new pg.Client({ connectionString: url });
  await db.connect();
  context.after(() => db.end());
  return db;
}

async function listeners(db: pg.Client): Promise<number[]> {
  const { rows } = await db.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and query ilike '%listen bullmq_jobs%' and pid <> pg_backend_pid()`);
  return rows.map(({ pid }) => pid);
}

/** Workers for all queues, which wait for jobs. */
async function startWorkers(queue: JobQueue, db: pg.Client): Promise<string[]> {
  const taken: string[] = [];
  for (const name of QUEUES) {
    queue.process(
      name,
      ({ id }) => {
        taken.push(id);
        return Promise.resolve(DONE);
      },
      { concurrency: 4, retry: { attempts: 1, firstDelayMs: 1, factor: 1, maxDelayMs: 1 } },
    );
  }
  await until('somebody listens', async () => (await listeners(db)).length > 0, 10_000);
  return taken;
}

async function addToEach(queue: JobQueue, id: string): Promise<void> {
  for (const name of QUEUES) await queue.addBatch([{ queue: name, id: `${name}-${id}`, name, data: '' }]);
}

test('all workers of a process hear of their jobs on one connection', async (context) => {
  const db = await observe(context);
  const queue = connectBullmq({ databaseUrl: url, clock: new SystemClock(), logger: silentLogger });
  context.after(() => queue.close());
  const taken = await startWorkers(queue, db);
  await addToEach(queue, '1');
  await until('all are taken', () => taken.length === QUEUES.length, 3_000);
  assert.equal((await listeners(db)).length, 1);
});

test('what all of them say to it is said once at a time, and again when it failed', async () => {
  const said: string[] = [];
  const answers: ((error?: Error) => void)[] = [];
  const nobody = { on: () => nobody, removeListener: () => nobody, removeAllListeners: () => nobody, release: () => undefined };
  const client = {
    ...nobody,
    query: (text: string) =>
      new Promise<never>((resolve, reject) => {
        said.push(text);
        answers.push((error) => (error === undefined ? resolve({ rows: [] } as never) : reject(error)));
      }),
  };
  const pool: PgPool = { ...client, connect: () => Promise.resolve(client as unknown as PgPoolClient), end: () => Promise.resolve(), on: () => pool, removeAllListeners: () => pool };
  const listener = new SharedListener(pool);
  const ears = await Promise.all([listener.openPool().pool.connect(), listener.openPool().pool.connect()]);
  const listen = () => ears.map((ear) => ear.query('-- why\nLISTEN jobs'));
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  const failed = listen();
  await turn();
  answers.shift()!(new Error('no'));
  assert.deepEqual((await Promise.allSettled(failed)).map(({ status }) => status), ['rejected', 'rejected']);
  const done = listen();
  await turn();
  answers.shift()!();
  await Promise.all(done);
  await Promise.all(listen());
  assert.deepEqual(said, ['-- why\nLISTEN jobs', '-- why\nLISTEN jobs']);
});

test('when that connection breaks, all of them listen on a new one', async (context) => {
  const db = await observe(context);
  const queue = connectBullmq({ databaseUrl: url, clock: new SystemClock(), logger: silentLogger });
  context.after(() => queue.close());
  const taken = await startWorkers(queue, db);
  const before = await listeners(db);
  assert.equal(before.length, 1);
  await db.query('select pg_terminate_backend($1)', before);
  await until('a new one listens', async () => (await listeners(db)).some((pid) => pid !== before[0]), 10_000);
  await addToEach(queue, '2');
  // Less than the time after which a worker that hears nothing looks by itself.
  await until('all are taken', () => taken.length === QUEUES.length, 3_000);
  assert.equal((await listeners(db)).length, 1);
});
