import type { JobContract } from './contract/job-contract.ts';
import type { NewJob } from './queue.ts';

/**
 * The job that a payload is, in the queue of its contract.
 *
 * @param atMs  not to be handed out before, in milliseconds since the epoch
 */
export function jobOf<Payload>(contract: JobContract<Payload>, payload: Payload, atMs?: number): NewJob {
  return {
    queue: contract.name,
    name: contract.name,
    id: contract.id(payload),
    data: contract.encode(payload),
    ...(atMs === undefined ? {} : { atMs }),
  };
}
