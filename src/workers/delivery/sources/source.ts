import type { LogFields } from '../../../base/logger.ts';
import type { LedgerEntry } from '../../../db/tables/ledger.ts';
import type { User } from '../../../db/tables/users.ts';
import type { JobContract, ParsedPayload } from '../../../jobs/contract/job-contract.ts';

/** The row of a job that had none. */
export type Planning =
  /** `user` is whom it was planned for, when that was looked up just now. */
  | { readonly kind: 'planned'; readonly entry: LedgerEntry; readonly user?: User }
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
   * Makes the row, or finds the one that another worker has made meanwhile.
   *
   * @throws XFailure when X has to be asked who gets it and cannot say now
   */
  plan(payload: Payload): Promise<Planning>;
  /** A row for an event that will never be told; `undefined` when there is nothing to make one of. */
  planNothing(payload: Payload): Promise<LedgerEntry | undefined>;
}
