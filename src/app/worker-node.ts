import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Config } from '../config/schema.ts';
import { GatedReading } from '../workers/reader/gated-reading.ts';
import { conversationWorkers } from './conversation-workers.ts';
import { deliveryWorkers } from './delivery-workers.ts';
import type { RunningRole } from './role.ts';
import { openXProcess } from './x-process.ts';

/**
 * The worker process: delivers messages, reads what people write on X, and does what they ask.
 *
 * @param parts.config  with `database.url` and the keys of X (or of the sandbox) filled in
 * @throws AppError `db.unreachable`, `db.migration`, `jobs.unreachable`, `x.misconfigured`
 */
export async function startWorkerNode(parts: { config: Config; clock: Clock; logger: Logger }): Promise<RunningRole> {
  const { config, clock, logger } = parts;
  const common = openXProcess({ config, clock, logger, role: 'worker' });
  const { db, queue, keys, x, meter, xSwitch, gate, counters } = common;
  const { onSpend } = meter;
  const workers = [
    ...deliveryWorkers({ config, db, queue, x, meter, gate, clock, logger, counters }),
    ...conversationWorkers({ config, keys, db, queue, x: new GatedReading(x, gate), xSwitch, onSpend, clock, logger, counters }),
  ];

  const close = async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await common.close();
  };
  try {
    await common.check();
  } catch (thrown) {
    await close();
    throw thrown;
  }
  for (const worker of workers) worker.start();
  return { report: { sockets: [] }, counters, reload() {}, stop: close };
}
