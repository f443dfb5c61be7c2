import { z } from 'zod';
import { jobContract, moment } from './job-contract.ts';

/** In the order of a call that goes well; `failed` and `ended` are the last of any call. */
export const CALL_EVENTS = ['ringing', 'answered', 'connected', 'ended', 'failed'] as const;

/** Why a call failed: the words of `missed-call`, and what can only happen to a call of ours. */
export const CALL_CAUSES = ['busy', 'no-answer', 'declined', 'unreachable', 'cancelled', 'refused', 'media', 'internal'] as const;

/**
 * How a call that the service makes goes on. Produced by the script from the events of
 * `KSR.sipweet.call`, consumed by the worker that keeps `calls`.
 */
const schema = z.object({
  v: z.literal(1).default(1),
  /** Id of the row of `calls`. */
  id: z.string().min(1).max(256),
  /** `ringing` and `answered`: the caller's own phones. `connected`: both sides, or the announcement plays. */
  event: z.enum(CALL_EVENTS),
  /** On whose side a failure was. */
  party: z.enum(['caller', 'callee']).optional(),
  cause: z.enum(CALL_CAUSES).optional(),
  /** SIP status behind a failure. */
  status: z.coerce.number().int().min(0).max(699).optional(),
  at: moment,
});

export type CallEvent = z.output<typeof schema>;

export const callEvent = jobContract({
  name: 'call-event',
  schema,
  retry: { attempts: 20, firstDelayMs: 1_000, factor: 2, maxDelayMs: 60_000 },
  id: (payload) => `${payload.id}/${payload.event}`,
});
