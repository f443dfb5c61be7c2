import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import { BatchedLedger, BatchedUsers } from '../db/batched-tables.ts';
import { DigestTable } from '../db/tables/digests.ts';
import type { JobQueue } from '../jobs/queue.ts';
import { setUpChannels } from '../workers/delivery/channels/set-up.ts';
import type { DeliveryWorkerOptions } from '../workers/delivery/delivery-worker.ts';
import { DirectMessageWorker } from '../workers/delivery/direct-message-worker.ts';
import { InstantMessageWorker } from '../workers/delivery/instant-message-worker.ts';
import { NoticeWorker } from '../workers/delivery/notice-worker.ts';
import { PacedX, type XSending } from '../workers/delivery/paced-x.ts';
import type { SpendMeter } from '../workers/gate/spend-meter.ts';
import type { WorkerPart } from '../workers/worker-part.ts';
import type { XGate } from '../workers/gate/x-gate.ts';
import type { Database } from './database.ts';

/** What delivers messages in a worker process, as the configuration wants it: missed calls, instant messages, and what others have planned. */
export function deliveryWorkers(parts: {
  readonly config: Config;
  readonly db: Database;
  readonly queue: JobQueue;
  readonly x: XSending;
  /** The one that the client of X tells what it spends. */
  readonly meter: SpendMeter;
  /** The one of the process. */
  readonly gate: XGate;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}): readonly WorkerPart[] {
  const { config, db, queue, meter, gate, clock, logger, counters } = parts;
  const { timeoutMs, stormMessages, stormWindowMs } = config.x;
  const x = new PacedX(parts.x, clock, gate);
  const options: DeliveryWorkerOptions = {
    queue,
    ledger: new BatchedLedger(db, clock),
    digests: new DigestTable(db),
    users: new BatchedUsers(db, clock),
    x,
    channels: setUpChannels({ x, settings: config.channels, timeoutMs, clock }),
    meter,
    storm: { messages: stormMessages, windowMs: stormWindowMs },
    clock,
    logger: logger.child({ module: 'delivery' }),
    counters,
    concurrency: config.worker.concurrency,
    stopMs: config.worker.stopMs,
    timeZone: config.worker.timeZone,
    timings: { callMs: timeoutMs },
  };
  return [new DirectMessageWorker(options), new InstantMessageWorker(options), new NoticeWorker(options)];
}
