import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import { AppError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';
import { SpendTable } from '../db/tables/spend.ts';
import { connectBullmq } from '../jobs/bullmq/bullmq-queue.ts';
import { endedWithin } from '../jobs/bullmq/deadline.ts';
import { SpendMeter } from '../workers/gate/spend-meter.ts';
import { GatedReading } from '../workers/reader/gated-reading.ts';
import { XClient } from '../x/client.ts';
import { conversationWorkers } from './conversation-workers.ts';
import { openPool, requireMigrated } from './database.ts';
import { deliveryWorkers } from './delivery-workers.ts';
import type { RunningRole } from './role.ts';
import { configuredKeys } from './x-access.ts';
import { xLimits } from './x-limits.ts';

/** How long a stopping worker waits for the last charges to be written down. */
const METER_MS = 2_000;

/**
 * The worker process: delivers messages, reads what people write on X, and does what they ask.
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
  const db = openPool({ url, config, logger, applicationName: 'sipweet worker' });
  const counters = new Counters();
  const meter = new SpendMeter({ table: new SpendTable(db), logger, counters });
  const { onSpend } = meter;
  const x = new XClient({ keys, clock, logger, timeoutMs, onSpend, ...(apiBase === undefined ? {} : { apiBase }) });
  const { redisUrl } = config.queue;
  const queue = connectBullmq({ redisUrl, databaseUrl: url, clock, logger: logger.child({ module: 'queue' }) });
  const { xSwitch, gate } = xLimits({ config, db, clock, logger });
  const workers = [
    ...deliveryWorkers({ config, db, queue, x, meter, gate, clock, logger, counters }),
    ...conversationWorkers({ config, keys, db, queue, x: new GatedReading(x, gate), xSwitch, onSpend, clock, logger, counters }),
  ];

  const close = async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await endedWithin(clock, METER_MS, meter.flush());
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
  for (const worker of workers) worker.start();
  return { report: { sockets: [] }, counters, reload() {}, stop: close };
}
