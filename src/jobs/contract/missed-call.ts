import { z } from 'zod';
import { jobContract, moment } from './job-contract.ts';

/** Why nobody answered, one word a case that the default script tells apart. */
export const MISSED_CALL_CAUSES = ['no-answer', 'cancelled', 'busy', 'declined', 'unreachable'] as const;

/**
 * A call that rang or could not be delivered, and that nobody answered. One a call, however many
 * branches it had. Produced by the routing script, consumed by the direct-message worker.
 */
const schema = z.object({
  /** Version of the payload. A change that an old consumer would misread gets a new number. */
  v: z.literal(1).default(1),
  /** Names the event on log lines, job, request and ledger row. */
  eventId: z.string().min(1).max(600),
  /** `user@host` of the caller, or a number. */
  caller: z.string().min(1).max(256),
  /** Display name of the caller. It is text from the network: the renderer of a message escapes it. */
  callerName: z.string().max(256).optional(),
  /** SIP user that was called. */
  callee: z.string().min(1).max(128),
  calleeDomain: z.string().min(1).max(255),
  cause: z.enum(MISSED_CALL_CAUSES),
  /** When the call ended, in milliseconds since the epoch. */
  at: moment,
  callId: z.string().min(1).max(512),
});

export type MissedCall = z.output<typeof schema>;

export const missedCall = jobContract({
  name: 'missed-call',
  schema,
  // Somewhat over an hour altogether: a message about a call of this morning is no use in the evening.
  retry: { attempts: 15, firstDelayMs: 2_000, factor: 2, maxDelayMs: 600_000 },
  id: (payload) => payload.eventId,
});
