import type { RequestEdits } from '../proxy/request-edits.ts';
import type { ResponseContext } from '../proxy/response-context.ts';
import type { Target } from '../proxy/target.ts';
import type { AttributeValues } from './attribute-values.ts';

/** A transaction as the functions of a script see it; `transaction.ts` has the thing itself. */
export interface RouteTransaction {
  readonly context: ResponseContext;
  readonly attributes: AttributeValues;
  /** Names of the callbacks, '' for none. The failure callback is disarmed before it runs. */
  onBranchRoute: string;
  onReplyRoute: string;
  onFailureRoute: string;
  onBranchFailureRoute: string;
  /** Message flags, shared by all callbacks of the transaction. */
  flags: number;
  /** Changes to the request that all branches start from. */
  edits: RequestEdits;
  requestUri: string;
  /** What a failed `t_relay` is answered with at the end of the route unless the script answers itself. */
  delayedReply: { readonly status: number; readonly reason: string; readonly headers: string } | undefined;
  /** Groups of contacts, best first, that `t_next_contacts` has yet to try. */
  contactQueue: Target[][];
}
