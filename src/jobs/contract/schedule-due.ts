import { z } from 'zod';
import { jobContract, moment } from './job-contract.ts';

/** An alarm clock for one occurrence of a row of `schedules`; added with the time as `NewJob.atMs`. */
const schema = z.object({
  v: z.literal(1).default(1),
  /** Id of the row, decimal. */
  scheduleId: z.string().regex(/^\d{1,19}$/),
  /** `next_at` when the alarm was set; a row that has moved on since then is left alone. */
  dueAt: moment,
});

export type ScheduleDue = z.output<typeof schema>;

export const scheduleDue = jobContract({
  name: 'schedule-due',
  schema,
  retry: { attempts: 20, firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 },
  id: (payload) => `${payload.scheduleId}:${payload.dueAt}`,
});
