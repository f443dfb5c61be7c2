import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { errorText } from '../base/errors.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import type { Traces } from '../db/tables/alarms.ts';
import type { Transactions } from '../db/transactions.ts';
import type { JobOutcome, JobQueue } from '../jobs/queue.ts';
import { alarmJob } from './alarm-jobs.ts';
import { isOutage } from './outage.ts';

/** What a worker has whose jobs are the alarm clocks of rows in PostgreSQL. */
export interface RowWorkerOptions {
  /** Gives the jobs and takes those that follow. Not closed by the worker. */
  readonly queue: Pick<JobQueue, 'process' | 'addBatch'>;
  readonly transactions: Pick<Transactions, 'run' | 'tables'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** `worker.concurrency` */
  readonly concurrency: number;
  /** `worker.stopMs`: how long `stop` waits for the running jobs. */
  readonly stopMs: number;
}

const OUTAGE_MS = 5_000;

/** Adds the jobs of what a transaction has left to be done. Their ids come from the rows: adding them again does nothing. */
export async function addJobsOf(traces: Traces, { transactions, queue }: Pick<RowWorkerOptions, 'transactions' | 'queue'>): Promise<void> {
  const alarms = await transactions.tables.alarms.of(traces);
  if (alarms.length > 0) await queue.addBatch(alarms.map(alarmJob));
}

/**
 * The outcome of a job that the database or the queue was away for: it comes again soon, and burns no attempt.
 *
 * @param what  what waits, for the log: `the event of a call`
 * @throws whatever else was thrown, as it was
 */
export function waitOutOutage(thrown: unknown, what: string, fields: LogFields, { clock, logger }: Pick<RowWorkerOptions, 'clock' | 'logger'>): JobOutcome {
  if (!isOutage(thrown)) throw thrown;
  const reason = errorText(thrown);
  logger.warn(`The database or the queue is away: ${what} waits`, { ...fields, reason });
  return { kind: 'retry-at', atMs: clock.now() + OUTAGE_MS, reason };
}
