import type { IQueueBackend } from 'bullmq';
import type { Clock } from '../../base/clock.ts';
import { pause } from '../../base/pause.ts';

/** The part of a worker's backend that says when the worker rests and what it takes. */
export type JobSource = Pick<IQueueBackend, 'waitForJob' | 'moveToActive'>;

/** As long as it takes from the claim of an event to the request for its message. */
const HEAD_START_MS = 10;

/**
 * A worker of BullMQ that has taken a job asks for the next one before it begins with the first, or at once behind that, and when
 * there is none it asks what to wait for. Where a machine has two processors, all of that runs in the middle of the work on the first
 * job. So the first job after a rest has a head start: that there is no other is said without asking, and the wait for one begins
 * later. A wait of either backend begins with a look at what is there already: PostgreSQL is asked for waiting jobs, and on Redis each
 * job that is taken leaves a marker, which the next wait finds.
 */
export function giveHeadStart(source: JobSource, clock: Clock): void {
  const waitForJob = source.waitForJob.bind(source);
  const moveToActive = source.moveToActive.bind(source);
  let isRested = false;
  let headStart: Promise<void> | undefined;
  source.waitForJob = async (timeout) => {
    await headStart;
    isRested = true;
    return waitForJob(timeout);
  };
  source.moveToActive = async (token, name) => {
    if (headStart !== undefined) return [];
    const claimed = await moveToActive(token, name);
    if (isRested && claimed[0]) {
      headStart = pause(clock, HEAD_START_MS).then(() => {
        headStart = undefined;
      });
    }
    isRested = false;
    return claimed;
  };
}
