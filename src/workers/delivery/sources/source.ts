import type { LogFields } from '../../../base/logger.ts';
import type { LedgerEntry, PlannedEffect } from '../../../db/tables/ledger-entry.ts';
import type { User } from '../../../db/tables/users.ts';
import type { JobContract, ParsedPayload } from '../../../jobs/contract/job-contract.ts';

/** What is to be made of a job. */
export type Planning =
  /** A message that has no row, as far as is known. `user` is the SIP user whom it is for, as he stands in the database at this moment. */
  | { readonly kind: 'new'; readonly effect: PlannedEffect; readonly user: User }
  /** It has a row. */
  | { readonly kind: 'known'; readonly entry: LedgerEntry }
  /** There is nobody to tell: the row is there so that it can be asked why. */
  | { readonly kind: 'nobody'; readonly entry: LedgerEntry; readonly reason: string }
  /** Nothing can be planned from this job: it is a dead letter. */
  | { readonly kind: 'nothing'; readonly reason: string };

/** How the jobs of a queue become rows of the ledger. All that follows is the same for every message. */
export interface DeliverySource<Payload> {
  readonly contract: JobContract<Payload>;
  /** What a job that is none is said not to be: `a missed call`. */
  readonly title: string;
  /** The payload of a job, or why it is none that could ever be handled. */
  read(data: string): ParsedPayload<Payload>;
  /** Id of the row. */
  idOf(payload: Payload): string;
  /** What each log line about the job carries. */
  fieldsOf(payload: Payload): LogFields;
  /**
   * What the job is about: a new message, or one that an earlier try or another worker has made a row of.
   *
   * @throws XFailure when X has to be asked who gets it and cannot say now
   */
  plan(payload: Payload): Promise<Planning>;
  /** A row for an event that will never be told; `undefined` when there is nothing to make one of. */
  planNothing(payload: Payload): Promise<LedgerEntry | undefined>;
}
