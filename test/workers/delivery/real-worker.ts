import { Counters } from '../../../src/base/counters.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { SystemClock } from '../../../src/base/system-clock.ts';
import { openDatabase } from '../../../src/db/connection.ts';
import { DigestTable } from '../../../src/db/tables/digests.ts';
import { LedgerTable } from '../../../src/db/tables/ledger.ts';
import { UsersTable } from '../../../src/db/tables/users.ts';
import { connectBullmq } from '../../../src/jobs/bullmq/bullmq-queue.ts';
import { setUpChannels } from '../../../src/workers/delivery/channels/set-up.ts';
import { DirectMessageWorker } from '../../../src/workers/delivery/direct-message-worker.ts';
import { PacedX } from '../../../src/workers/delivery/paced-x.ts';
import { XClient } from '../../../src/x/client.ts';
import { SANDBOX_KEYS } from '../../../src/x/emulator/sandbox-keys.ts';
import { NO_STORM, ONLY_X } from './stage.ts';

export interface RealWorkerSettings {
  readonly databaseUrl: string;
  readonly redisUrl?: string;
  readonly apiBase: string;
}

/** Short enough to see a dead worker's job again within seconds. */
const LOCK_MS = 1_500;

/** A worker on real parts, and how it ends. */
export function startWorker(settings: RealWorkerSettings, callMs: number): { stop(): Promise<void> } {
  const { databaseUrl, redisUrl, apiBase } = settings;
  const clock = new SystemClock();
  const logger = silentLogger;
  const queue = connectBullmq({ databaseUrl, redisUrl, clock, logger, lockMs: LOCK_MS });
  const db = openDatabase({ url: databaseUrl, applicationName: 'sipweet worker test', logger, poolSize: 2 });
  const x = new PacedX(new XClient({ keys: SANDBOX_KEYS, clock, logger, apiBase, timeoutMs: callMs }), clock);
  const worker = new DirectMessageWorker({
    queue,
    ledger: new LedgerTable(db),
    digests: new DigestTable(db),
    users: new UsersTable(db),
    x,
    channels: setUpChannels({ x, settings: ONLY_X, timeoutMs: callMs, clock }),
    meter: { attribute: (_id, work) => work() },
    storm: NO_STORM,
    clock,
    logger,
    counters: new Counters(),
    concurrency: 4,
    stopMs: 5_000,
    timeZone: 'UTC',
    timings: { claimMs: 500, callMs: 1_000, settleMs: 1_000 },
  });
  worker.start();
  return {
    async stop() {
      await worker.stop();
      await queue.close();
      await db.destroy();
    },
  };
}
