import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import { SpendTable } from '../db/tables/spend.ts';
import { connectBullmq } from '../jobs/bullmq/bullmq-queue.ts';
import { endedWithin } from '../jobs/bullmq/deadline.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { SpendMeter } from '../workers/gate/spend-meter.ts';
import type { SwitchAndBudget } from '../workers/gate/x-gate.ts';
import type { XSwitch } from '../workers/gate/x-switch.ts';
import { XClient, type XKeys } from '../x/client.ts';
import { openPool, requireMigrated, type Database } from './database.ts';
import { configuredKeys } from './x-access.ts';
import { xLimits } from './x-limits.ts';

/** How long a stopping process waits for the last charges to be written down. */
const METER_MS = 2_000;

/** What every process has that talks to X: the database, the queue, X itself, and what that costs and may cost. */
export interface XProcess {
  readonly db: Database;
  readonly queue: JobQueue;
  readonly keys: XKeys;
  /** Its charges go to `meter`; it is not held back by `gate`. */
  readonly x: XClient;
  readonly meter: SpendMeter;
  readonly xSwitch: XSwitch;
  readonly gate: SwitchAndBudget;
  readonly counters: Counters;
  /** @throws AppError `db.unreachable`, `db.migration`, `jobs.unreachable` */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param parts.config  with `database.url` and the keys of X (or of the sandbox) filled in
 * @param parts.role    as in messages and as the database shows it: `worker`
 * @throws AppError `config.invalid`, `x.misconfigured`
 */
export function openXProcess({ config, clock, logger, role }: { config: Config; clock: Clock; logger: Logger; role: string }): XProcess {
  const { url } = config.database;
  const keys = configuredKeys(config);
  if (url === undefined) throw new AppError('config.invalid', `The ${role} needs database.url`);
  if (keys === undefined) throw new AppError('x.misconfigured', `The ${role} needs the keys of X`);

  const { apiBase, timeoutMs } = config.x;
  const db = openPool({ url, config, logger, applicationName: `sipweet ${role}` });
  const counters = new Counters();
  const meter = new SpendMeter({ table: new SpendTable(db), clock, logger, counters });
  const x = new XClient({ keys, clock, logger: logger.child({ module: 'x' }), timeoutMs, onSpend: meter.onSpend, ...(apiBase === undefined ? {} : { apiBase }) });
  const queue = connectBullmq({ redisUrl: config.queue.redisUrl, databaseUrl: url, clock, logger: logger.child({ module: 'queue' }) });
  return {
    db,
    queue,
    keys,
    x,
    meter,
    ...xLimits({ config, db, clock, logger }),
    counters,
    async check() {
      await requireMigrated(db);
      await queue.health();
    },
    async close() {
      await endedWithin(clock, METER_MS, meter.flush());
      await queue.close(0);
      await db.destroy();
    },
  };
}
