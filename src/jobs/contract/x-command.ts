import { z } from 'zod';
import { jobContract } from './job-contract.ts';

/** An alarm clock for a row of `commands`: its author wrote something. The row has what. */
const schema = z.object({
  v: z.literal(1).default(1),
  /** Id of the row. */
  id: z.string().min(1).max(128),
});

export type XCommand = z.output<typeof schema>;

export const xCommand = jobContract({
  name: 'x-command',
  schema,
  retry: { attempts: 20, firstDelayMs: 1_000, factor: 2, maxDelayMs: 300_000 },
  id: (payload) => payload.id,
});
