import { z } from 'zod';
import { jobContract } from './job-contract.ts';

/** An alarm clock for a row of `ledger` that is planned: send it. */
const schema = z.object({
  v: z.literal(1).default(1),
  /** Id of the row. */
  id: z.string().min(1).max(600),
});

export type Notice = z.output<typeof schema>;

export const notice = jobContract({
  name: 'notice',
  schema,
  retry: { attempts: 15, firstDelayMs: 2_000, factor: 2, maxDelayMs: 600_000 },
  id: (payload) => payload.id,
});
