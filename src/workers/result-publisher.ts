import { directMessageResult, type DirectMessageResult } from '../jobs/contract/direct-message-result.ts';
import type { JobSink } from '../jobs/queue.ts';
import type { LedgerEntry } from '../db/tables/ledger.ts';

/** A ledger entry that is over. */
export type EndedEntry = LedgerEntry & { readonly state: DirectMessageResult['state'] };

export function isEnded(entry: LedgerEntry): entry is EndedEntry {
  return entry.state === 'done' || entry.state === 'refused' || entry.state === 'parked';
}

/**
 * Tells the SIP side how a message ended. Made from nothing but the ledger entry, and with an id made
 * from the event: it may be told again after a crash and is still one result.
 *
 * @throws AppError `jobs.unreachable`
 */
export async function publishResult(entry: EndedEntry, sink: JobSink): Promise<void> {
  const result: DirectMessageResult = {
    v: 1,
    eventId: entry.id,
    state: entry.state,
    reason: entry.reason ?? '',
    at: entry.updatedAt.getTime(),
    ...(entry.remoteId === undefined ? {} : { remoteId: entry.remoteId }),
  };
  const { name } = directMessageResult;
  await sink.addBatch([{ queue: name, name, id: directMessageResult.id(result), data: directMessageResult.encode(result) }]);
}
