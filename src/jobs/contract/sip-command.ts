import { z } from 'zod';
import { jobContract } from './job-contract.ts';

/**
 * Tells the SIP side that a row waits to be claimed. Produced by workers, drained by `mq_fetch` in a timed
 * route; the row decides, so that the same job twice does nothing.
 */
const schema = z.object({
  v: z.literal(1).default(1),
  /** `call`: a row of `calls`. `message`: a row of `sip_messages`. */
  verb: z.enum(['call', 'message']),
  /** Id of the row. */
  id: z.string().min(1).max(256),
});

export type SipCommand = z.output<typeof schema>;

export const sipCommand = jobContract({
  name: 'sip-command',
  schema,
  retry: { attempts: 5, firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 },
  id: (payload) => `${payload.verb}:${payload.id}`,
});
