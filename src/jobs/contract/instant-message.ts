import { z } from 'zod';
import { jobContract, moment } from './job-contract.ts';

/** A SIP MESSAGE to a user who has no phone registered. Produced by the script, consumed by the worker that tells him on X. */
const schema = z.object({
  v: z.literal(1).default(1),
  eventId: z.string().min(1).max(600),
  /** `user@host` of the sender. */
  sender: z.string().min(1).max(256),
  /** Display name of the sender: text from the network. */
  senderName: z.string().max(256).optional(),
  /** SIP user that it is for. */
  recipient: z.string().min(1).max(128),
  text: z.string().min(1).max(16_000),
  at: moment,
  callId: z.string().min(1).max(512),
});

export type InstantMessage = z.output<typeof schema>;

export const instantMessage = jobContract({
  name: 'instant-message',
  schema,
  retry: { attempts: 15, firstDelayMs: 2_000, factor: 2, maxDelayMs: 600_000 },
  id: (payload) => payload.eventId,
});
