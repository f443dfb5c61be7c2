import type { Counter } from '../../base/counters.ts';
import { scheduleDue } from '../../jobs/contract/schedule-due.ts';
import { DONE, type JobOutcome, type JobWorker, type RunningJob } from '../../jobs/queue.ts';
import { refusalReason } from '../commands/policy/refusal.ts';
import { addJobsOf, waitOutOutage, type RowWorkerOptions } from '../row-worker.ts';
import type { WorkerPart } from '../worker-part.ts';
import { fire, tracesOf, type FireOptions, type Occurrence } from './fire.ts';

export interface ScheduleWorkerOptions extends RowWorkerOptions, FireOptions {}

/**
 * Rings what is due. The row decides: a job that comes early waits, and one that comes late, twice, or after
 * the schedule has moved or was cancelled does nothing that was not done.
 */
export class ScheduleWorker implements WorkerPart {
  readonly #options: ScheduleWorkerOptions;
  readonly #fired: Counter;
  readonly #missed: Counter;
  readonly #refused: Counter;
  readonly #rejected: Counter;
  #worker: JobWorker | undefined;

  constructor(options: ScheduleWorkerOptions) {
    const { counters } = options;
    this.#options = options;
    this.#fired = counters.define('worker.schedule.fired', 'Occurrences of schedules that rang or were told in time');
    this.#missed = counters.define('worker.schedule.missed', 'Occurrences of schedules that were due while nobody could ring');
    this.#refused = counters.define('worker.schedule.refused', 'Scheduled calls that were not allowed when they were due');
    this.#rejected = counters.define('worker.schedule.rejected', 'Jobs that name no occurrence of a schedule');
  }

  start(): void {
    const { queue, concurrency } = this.#options;
    this.#worker = queue.process(scheduleDue.name, (job) => this.handle(job), { concurrency, retry: scheduleDue.retry });
  }

  async stop(): Promise<void> {
    await this.#worker?.close(this.#options.stopMs);
  }

  /** One job, from its beginning to its end. */
  async handle(job: Pick<RunningJob, 'data'>): Promise<JobOutcome> {
    const parsed = scheduleDue.parse(job.data);
    if (!parsed.ok) {
      this.#rejected.value += 1;
      return { kind: 'dead', reason: parsed.problems.join('; ') };
    }
    const { scheduleId, dueAt: dueAtMs } = parsed.payload;
    try {
      return await this.#handle({ scheduleId, dueAtMs });
    } catch (thrown) {
      return waitOutOutage(thrown, 'the schedule', { schedule: scheduleId }, this.#options);
    }
  }

  async #handle(occurrence: Occurrence): Promise<JobOutcome> {
    const { transactions, clock, logger } = this.#options;
    const result = await transactions.run((tables) => fire(occurrence, clock.now(), tables, this.#options));
    const fields = { schedule: occurrence.scheduleId, due: new Date(occurrence.dueAtMs).toISOString() };
    switch (result.kind) {
      case 'early':
        return { kind: 'retry-at', atMs: occurrence.dueAtMs, reason: 'not due yet' };
      case 'parted':
        logger.info('A schedule is cancelled: nobody may act for its user any more', fields);
        return DONE;
      case 'fired':
      case 'missed':
        this.#count(result.kind, result.refusal !== undefined);
        if (result.refusal === undefined) logger.info(`Schedule ${result.kind}`, { ...fields, sipUser: result.sipUser });
        else logger.warn('Scheduled call refused', { ...fields, sipUser: result.sipUser, reason: refusalReason(result.refusal) });
    }
    // After `gone` too: whoever dealt with it may have died before he added the jobs.
    await addJobsOf(tracesOf(occurrence), this.#options);
    return DONE;
  }

  #count(kind: 'fired' | 'missed', isRefused: boolean): void {
    (kind === 'missed' ? this.#missed : isRefused ? this.#refused : this.#fired).value += 1;
  }
}
