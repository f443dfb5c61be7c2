/**
 * Handles the jobs of one queue: from the job to its row, along the way of `delivery.ts`, and what
 * follows when that fails.
 *
 * Bounds: sends and looks that failed burn the attempts of the contract. Past the last one the
 * message ends as refused (it was certainly not sent) or parked (nobody knows) and the job as a dead
 * letter. Waiting for a rate limit, the kill switch, the budget, a pause, quiet hours, the database
 * or the queue burns none.
 */
import { errorText } from '../../base/errors.ts';
import type { LedgerEntry } from '../../db/tables/ledger-entry.ts';
import { RELEASE, type JobOutcome, type RunningJob } from '../../jobs/queue.ts';
import type { DeliveryParts, Run } from './delivery-parts.ts';
import { Delivery } from './delivery.ts';
import { failureOf } from './failure-policy.ts';
import { isOutage } from '../outage.ts';
import type { QueuePause } from './queue-pause.ts';
import type { DeliverySource } from './sources/source.ts';
import { longestSendMs } from './timings.ts';

export interface DeliveryProcessorParts<Payload> extends DeliveryParts {
  readonly source: DeliverySource<Payload>;
  readonly pause: Pick<QueuePause, 'pause'>;
}

export class DeliveryProcessor<Payload> {
  readonly #parts: DeliveryProcessorParts<Payload>;
  readonly #delivery: Delivery;

  constructor(parts: DeliveryProcessorParts<Payload>) {
    this.#parts = parts;
    this.#delivery = new Delivery(parts);
  }

  /** From now on nothing new is sent: a job that has not begun to send goes back to the queue. */
  stop(): void {
    this.#delivery.stop();
  }

  /** Handles a job. Rejects when an attempt is to be burned. */
  async handle(job: RunningJob): Promise<JobOutcome> {
    const { source, logger } = this.#parts;
    const read = source.read(job.data);
    if (!read.ok) return this.#reject(job, read.problems.join('; '));
    const { payload } = read;
    const { attempts } = source.contract.retry;
    const run: Run = { id: source.idOf(payload), isLast: job.attempt >= attempts, attempts, logger: logger.child(source.fieldsOf(payload)) };
    try {
      return await this.#begin(run, payload, job);
    } catch (thrown) {
      return this.#afterError(run, payload, thrown);
    }
  }

  async #begin(run: Run, payload: Payload, job: RunningJob): Promise<JobOutcome> {
    const { source, meter } = this.#parts;
    const planning = await meter.attribute(run.id, () => source.plan(payload));
    switch (planning.kind) {
      case 'new':
        return this.#delivery.begin(run, planning.effect, planning.user);
      case 'known':
        return this.#delivery.resume(run, planning.entry);
      case 'nobody':
        return this.#delivery.refuse(run, planning.entry, planning.reason);
      case 'nothing':
        return this.#reject(job, planning.reason);
    }
  }

  #reject(job: RunningJob, reason: string): JobOutcome {
    const { counters, logger, source } = this.#parts;
    counters.rejected.value += 1;
    logger.error(`Not ${source.title}: kept as a dead letter`, { jobId: job.id, reason });
    return { kind: 'dead', reason };
  }

  async #afterError(run: Run, payload: Payload, thrown: unknown): Promise<JobOutcome> {
    const { timings, counters } = this.#parts;
    const delivery = this.#delivery;
    const reason = errorText(thrown);
    if (isOutage(thrown)) {
      run.logger.warn('The database or the queue is away: the message waits', { reason });
      return delivery.waitFor(timings.outageMs, reason);
    }
    const failure = failureOf(thrown);
    const action = failure?.action ?? 'back-off';
    if (action === 'wait') {
      const atMs = failure!.retryAtMs!;
      run.logger.info('The message waits', { until: new Date(atMs).toISOString(), reason });
      return delivery.waitUntil(atMs, reason);
    }
    if (action === 'pause') return this.#pauseQueue(run, reason);
    if (!run.isLast) {
      counters.retries.value += 1;
      run.logger.warn('An attempt failed', { reason, next: action === 'look' ? 'finding out whether it was sent' : 'trying again' });
      throw thrown;
    }
    if (action === 'look') return delivery.waitFor(longestSendMs(timings), reason);
    try {
      return await this.#abandon(run, payload, reason);
    } catch (failed) {
      // Another way was tried and failed too, which closes that one as well: there are few of them.
      return this.#afterError(run, payload, failed);
    }
  }

  async #pauseQueue(run: Run, reason: string): Promise<JobOutcome> {
    this.#parts.counters.pauses.value += 1;
    try {
      await this.#parts.pause.pause(reason);
      return RELEASE;
    } catch (thrown) {
      run.logger.warn('The queue cannot be paused: the message waits by itself', { reason: errorText(thrown) });
      return this.#delivery.waitFor(this.#parts.timings.pauseMs, reason);
    }
  }

  /** Behind the last attempt nothing is known but the row. */
  async #abandon(run: Run, payload: Payload, why: string): Promise<JobOutcome> {
    const { ledger, source } = this.#parts;
    const entry: LedgerEntry | undefined = (await ledger.find(run.id)) ?? (await source.planNothing(payload));
    if (entry === undefined) return { kind: 'dead', reason: why };
    return this.#delivery.abandon(run, entry, why);
  }
}
