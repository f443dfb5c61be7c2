/** kill -9 of a worker process in the middle of a send, on real PostgreSQL, real Redis and HTTP. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { silentLogger } from '../../../src/base/logger.ts';
import { SystemClock } from '../../../src/base/system-clock.ts';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import { UsersTable } from '../../../src/db/tables/users.ts';
import { connectBullmq } from '../../../src/jobs/bullmq/bullmq-queue.ts';
import { migrateQueueBackend } from '../../../src/jobs/bullmq/postgres-store.ts';
import { directMessageResult } from '../../../src/jobs/contract/direct-message-result.ts';
import { missedCall } from '../../../src/jobs/contract/missed-call.ts';
import { ControlClient } from '../../../src/x/emulator/control-client.ts';
import type { FaultKind } from '../../../src/x/emulator/faults.ts';
import { startEmulator } from '../../../src/x/emulator/server.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { withRedis } from '../../jobs/redis-server.ts';
import { until } from '../../jobs/until.ts';
import { jobOf, missed } from './stage.ts';
import { startWorker, type RealWorkerSettings } from './real-worker.ts';

const { db, url: databaseUrl } = await withDatabase();
await migrateQueueBackend(databaseUrl);
const redis = await withRedis();
const clock = new SystemClock();
const ledger = new LedgerTable(db);
await new UsersTable(db).add({ sipUser: 'bob', xUser: 'bob_example' });

const BACKENDS = [
  ['PostgreSQL', {}],
  ['Redis', { redisUrl: redis.url }],
] as const;

const MOMENTS: readonly (readonly [string, FaultKind])[] = [
  ['X has the message but has not answered', 'hang-after-accept'],
  ['X has read the request and done nothing', 'hang'],
];

for (const [backend, queueSettings] of BACKENDS) {
  for (const [moment, kind] of MOMENTS) {
    test(`kill -9 when ${moment}, queue on ${backend}: one message, ledger done, one result`, async (t) => {
      const { apiBase, control } = await sandbox(t);
      const settings: RealWorkerSettings = { databaseUrl, apiBase, ...queueSettings };
      const queue = connectBullmq({ databaseUrl, ...queueSettings, clock, logger: silentLogger });
      t.after(() => queue.close(0));
      const results = (await queue.counts(directMessageResult.name)).waiting;
      const eventId = `missed-call:${backend}:${kind}`;

      await control.fault({ kind, method: 'POST' });
      const child = spawnWorker(t, settings);
      await queue.addBatch([jobOf(missed({ eventId }))]);
      await until('the message is with X', async () => (await control.requests()).some(({ method }) => method === 'POST'));
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.equal((await ledger.find(eventId))?.state, 'sending');

      const next = startWorker(settings, 10_000);
      t.after(() => next.stop());
      await until('the ledger is done', async () => (await ledger.find(eventId))?.state === 'done', 60_000);
      await until('the result is told', async () => (await queue.counts(directMessageResult.name)).waiting === results + 1);
      const inbox = await control.inbox('bob_example');
      assert.equal(inbox.length, 1);
      assert.equal((await ledger.find(eventId))?.remoteId, inbox[0]!.id);
      await until('the job is completed', async () => (await queue.counts(missedCall.name)).active === 0);
      assert.equal((await control.inbox('bob_example')).length, 1);
    });
  }
}

async function sandbox(t: TestContext): Promise<{ apiBase: string; control: ControlClient }> {
  const emulator = await startEmulator({ clock, logger: silentLogger, apiPort: 0, controlPort: 0, limitsEnabled: false });
  t.after(() => emulator.close());
  return { apiBase: emulator.apiUrl, control: new ControlClient(emulator.controlUrl) };
}

function spawnWorker(t: TestContext, settings: RealWorkerSettings): ChildProcess {
  const file = fileURLToPath(new URL('worker-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}
