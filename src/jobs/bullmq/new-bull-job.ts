/** What BullMQ is given for our jobs. */
import { createHash } from 'node:crypto';
import type { NewJob } from '../queue.ts';
import { pack, type Bundle, type Envelope, type History } from './envelope.ts';
import { bullJobId } from './job-id.ts';
import type { BullQueue } from './store.ts';

/**
 * The policy that counts is the consumer's, asked at each failure: BullMQ wants numbers with the
 * job, so they say "as often as the consumer likes".
 */
const JOB_OPTIONS = { attempts: 1_000_000, backoff: { type: 'consumer' }, stackTraceLimit: 1 };

/** Jobs of one bundle at most: a worker holds all of them until the last has ended. */
const MAX_BUNDLED = 50;

export type NewBullJob = Parameters<BullQueue['addBulk']>[0][number];

/** On PostgreSQL BullMQ makes two temporary tables for an addition of several, which takes three times as long as adding one does. */
export async function addTo(queue: BullQueue, jobs: readonly NewBullJob[]): Promise<void> {
  const [first] = jobs;
  if (jobs.length > 1) await queue.addBulk([...jobs]);
  else if (first !== undefined) await queue.add(first.name, first.data, first.opts);
}

/** One job of BullMQ for each of these jobs. */
export function oneEach(jobs: readonly NewJob[], nowMs: number): NewBullJob[] {
  return jobs.map((job) => bullJob(job, nowMs));
}

/** As few jobs of BullMQ as can be for these jobs of one queue, in their order. Those that have a time are by themselves. */
export function bundled(jobs: readonly NewJob[], nowMs: number): NewBullJob[] {
  const rests = (job: NewJob): boolean => (job.atMs ?? 0) > nowMs;
  const ready = jobs.filter((job) => !rests(job));
  const bundles: NewBullJob[] = [];
  for (let start = 0; start < ready.length; start += MAX_BUNDLED) bundles.push(bundleOf(ready.slice(start, start + MAX_BUNDLED), nowMs));
  return [...bundles, ...oneEach(jobs.filter(rests), nowMs)];
}

/** A job by itself. */
export function bullJob({ id, name, data, atMs = 0 }: NewJob, nowMs: number, history: History = {}): NewBullJob {
  return newJob(name, bullJobId(id), pack(id, data, history), atMs - nowMs);
}

function bundleOf(jobs: readonly NewJob[], nowMs: number): NewBullJob {
  const [first] = jobs;
  if (jobs.length === 1) return bullJob(first!, nowMs);
  // The same jobs in the same order, added again, are the same bundle.
  const digest = createHash('sha256').update(JSON.stringify(jobs.map(({ id }) => id))).digest('hex');
  return newJob(first!.name, `b-${digest}`, { bundle: jobs.map(({ id, data }) => pack(id, data)) }, 0);
}

function newJob(name: string, jobId: string, data: Envelope | Bundle, delayMs: number): NewBullJob {
  return { name, data, opts: { ...JOB_OPTIONS, jobId, ...(delayMs > 0 ? { delay: delayMs } : {}) } };
}
