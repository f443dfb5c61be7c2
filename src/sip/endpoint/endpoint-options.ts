import type { MessageLimits } from '../message/parse-message.ts';
import type { TransactionTimings } from '../transaction/timings.ts';

export interface EndpointOptions {
  readonly timings: TransactionTimings;
  readonly messageLimits: MessageLimits;
  /** Server transactions alive at once; past it requests are answered with 503 and `Retry-After`. */
  readonly maxTransactions: number;
  /** Value of the Server header in responses of our own, '' for none. */
  readonly serverHeader: string;
  /** Seconds in the `Retry-After` of that 503. */
  readonly retryAfterS: number;
}
