import type { RequestEdits } from '../proxy/request-edits.ts';
import type { ResponseContext } from '../proxy/response-context.ts';
import type { Target } from '../proxy/target.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { AttributeValues } from './attribute-values.ts';
import type { Callbacks } from './callbacks.ts';

/** What a suspended route had come to, for the one that goes on in its place. */
export interface RouteProgress {
  readonly edits: EditList;
  readonly requestUri: string;
  readonly requestUriIsNew: boolean;
  readonly destinationUri: string;
  readonly path: string;
  readonly appended: readonly Target[];
  readonly ruid: string;
  readonly q: number;
  readonly branchFlags: number;
  readonly routeParams: string | undefined;
  readonly replyHeaders: string;
  readonly authUser: string;
  readonly authRealm: string;
}

/** A transaction as the functions of a script see it; `transaction.ts` has the thing itself. */
export interface RouteTransaction {
  readonly context: ResponseContext;
  readonly attributes: AttributeValues;
  readonly callbacks: Callbacks;
  /** Message flags, shared by all callbacks of the transaction. */
  flags: number;
  /** Changes to the request that all branches start from. */
  edits: RequestEdits;
  requestUri: string;
  /** What a failed `t_relay` is answered with at the end of the route unless the script answers itself. */
  delayedReply: { readonly status: number; readonly reason: string; readonly headers: string } | undefined;
  /** Groups of contacts, best first, that `t_next_contacts` has yet to try. */
  contactQueue: Target[][];
  /** What `t_continue` finds the transaction by after `t_suspend` (`$T(id_index)`, `$T(id_label)`); -1 before. */
  readonly suspendedIndex: number;
  readonly suspendedLabel: number;
  /** Puts the transaction aside after this route, until `resume` or, `fr_timer` later, a 408 ends it. */
  suspend(progress: RouteProgress): void;
  /**
   * Goes on with the function of that name, as a failure route, from where the suspended route stopped.
   * False when the transaction is not suspended any more: resumed, cancelled or answered.
   */
  resume(name: string): boolean;
  /** What is left when a request route has ended: nobody may be left without an answer for ever. */
  settle(failed: boolean): void;
}
