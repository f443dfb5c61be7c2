import { z } from 'zod';
import { jobContract, moment } from './job-contract.ts';

/** `done` it was sent; `refused` X does not take it; `parked` nobody knows whether it was sent. */
export const DIRECT_MESSAGE_STATES = ['done', 'refused', 'parked'] as const;

/** What became of one direct message. Produced by the worker, drained by `KSR.mqueue.mq_fetch` in the script. */
const schema = z.object({
  v: z.literal(1).default(1),
  eventId: z.string().min(1).max(600),
  state: z.enum(DIRECT_MESSAGE_STATES),
  /** For people: why it was refused or parked, empty when there is nothing to say. */
  reason: z.string().max(1000),
  /** X's id of the message event, when there is one. */
  remoteId: z.string().min(1).max(64).optional(),
  /** When the state was reached, in milliseconds since the epoch. */
  at: moment,
});

export type DirectMessageResult = z.output<typeof schema>;

export const directMessageResult = jobContract({
  name: 'direct-message-result',
  schema,
  retry: { attempts: 5, firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 },
  // A parked message may be found sent later: that is a second result of the same event.
  id: (payload) => `${payload.eventId}/${payload.state}`,
});
