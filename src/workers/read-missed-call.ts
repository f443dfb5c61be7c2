import { missedCall, type MissedCall } from '../jobs/contract/missed-call.ts';
import type { ParsedPayload } from '../jobs/contract/job-contract.ts';

/** The event of a job, or why it is none that could ever be handled. */
export function readMissedCall(data: string): ParsedPayload<MissedCall> {
  const parsed = missedCall.parse(data);
  if (!parsed.ok) return parsed;
  const { eventId, callId } = parsed.payload;
  // PostgreSQL's text cannot hold it: no ledger row could ever be made.
  if (`${eventId}${callId}`.includes('\0')) return { ok: false, problems: ['eventId or callId: holds a NUL character'] };
  return parsed;
}
