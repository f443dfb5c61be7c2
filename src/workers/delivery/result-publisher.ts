import { directMessageResult, type DirectMessageResult } from '../../jobs/contract/direct-message-result.ts';
import { jobOf } from '../../jobs/job-of.ts';
import type { JobSink, NewJob } from '../../jobs/queue.ts';
import type { LedgerEntry } from '../../db/tables/ledger-entry.ts';

/** A ledger entry that is over. */
export type EndedEntry = LedgerEntry & { readonly state: DirectMessageResult['state'] };

export function isEnded(entry: LedgerEntry): entry is EndedEntry {
  return entry.state === 'done' || entry.state === 'refused' || entry.state === 'parked';
}

/**
 * Tells the SIP side how messages ended. Made from nothing but the ledger entries, and with ids made
 * from the events: it may be told again after a crash and is still one result each.
 *
 * @throws AppError `jobs.unreachable`
 */
export async function publishResults(entries: readonly EndedEntry[], sink: JobSink): Promise<void> {
  if (entries.length > 0) await sink.addBatch(entries.map(resultJob));
}

function resultJob(entry: EndedEntry): NewJob {
  const result: DirectMessageResult = {
    v: 1,
    eventId: entry.id,
    state: entry.state,
    reason: entry.reason ?? '',
    at: entry.updatedAt.getTime(),
    ...(entry.remoteId === undefined ? {} : { remoteId: entry.remoteId }),
  };
  return jobOf(directMessageResult, result);
}
