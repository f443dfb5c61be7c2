import type { JobContract } from '../../jobs/contract/job-contract.ts';
import type { JobSink, NewJob } from '../../jobs/queue.ts';

/**
 * The job that a row should have had, once more. A queue remembers the ids of jobs that have ended, so this one
 * has another for each minute: the row decides whether there is still something to do.
 */
export function jobAgain<Payload>(contract: JobContract<Payload>, payload: Payload, nowMs: number): NewJob {
  const { name } = contract;
  return { queue: name, name, id: `${contract.id(payload)}@${Math.floor(nowMs / 60_000)}`, data: contract.encode(payload) };
}

/** @throws AppError `jobs.unreachable` */
export async function addJobsAgain<Payload>(sink: JobSink, contract: JobContract<Payload>, payloads: readonly Payload[], nowMs: number): Promise<number> {
  if (payloads.length > 0) await sink.addBatch(payloads.map((payload) => jobAgain(contract, payload, nowMs)));
  return payloads.length;
}
