import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import { AppError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';
import { LedgerTable } from '../db/tables/ledger.ts';
import { UsersTable } from '../db/tables/users.ts';
import { connectBullmq } from '../jobs/bullmq/bullmq-queue.ts';
import { DirectMessageWorker } from '../workers/direct-message-worker.ts';
import { XClient } from '../x/client.ts';
import { openPool, requireMigrated } from './database.ts';
import type { RunningRole } from './role.ts';
import { configuredKeys } from './x-access.ts';

/**
 * The worker process: takes missed calls from the queue and tells the callees on X.
 *
 * @param parts.config  with `database.url` and the keys of X (or of the sandbox) filled in
 * @throws AppError `db.unreachable`, `db.migration`, `jobs.unreachable`, `x.misconfigured`
 */
export async function startWorkerNode(parts: { config: Config; clock: Clock; logger: Logger }): Promise<RunningRole> {
  const { config, clock, logger } = parts;
  const { url } = config.database;
  const keys = configuredKeys(config);
  if (url === undefined) throw new AppError('config.invalid', 'A worker needs database.url');
  if (keys === undefined) throw new AppError('x.misconfigured', 'A worker needs the keys of X');

  const { apiBase, timeoutMs } = config.x;
  const x = new XClient({ keys, clock, logger, timeoutMs, ...(apiBase === undefined ? {} : { apiBase }) });
  const db = openPool({ url, config, logger, applicationName: 'sipweet worker' });
  const { redisUrl } = config.queue;
  const queue = connectBullmq({ redisUrl, databaseUrl: url, clock, logger: logger.child({ module: 'queue' }) });
  const counters = new Counters();
  const worker = new DirectMessageWorker({
    queue,
    ledger: new LedgerTable(db),
    users: new UsersTable(db),
    x,
    clock,
    logger: logger.child({ module: 'direct-message' }),
    counters,
    concurrency: config.worker.concurrency,
    stopMs: config.worker.stopMs,
    timeZone: config.worker.timeZone,
    timings: { callMs: timeoutMs },
  });

  const close = async () => {
    await worker.stop();
    await queue.close(0);
    await db.destroy();
  };
  try {
    await requireMigrated(db);
    await queue.health();
  } catch (thrown) {
    await close();
    throw thrown;
  }
  worker.start();
  return { report: { sockets: [] }, counters, reload() {}, stop: close };
}
