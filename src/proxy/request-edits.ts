import { EditList } from '../sip/message/edit-list.ts';

/**
 * The changes to a request that is to be forwarded, and whether it is to be record-routed: the
 * Record-Route itself is written when the branch's sockets are known (§16.6 step 4).
 */
export class RequestEdits extends EditList {
  /** Stands where a request's changes are not needed any more. */
  static readonly spent = new RequestEdits();

  /** URI parameters for our Record-Route, each with its ';'; undefined when none is added. */
  recordRoute: string | undefined = undefined;
  /** What `add_rr_param` collected before `record_route` was called. */
  pendingRouteParams = '';

  override copy(): RequestEdits {
    const copy = new RequestEdits(this.all);
    copy.recordRoute = this.recordRoute;
    copy.pendingRouteParams = this.pendingRouteParams;
    return copy;
  }

  /** Adds URI parameters to our Record-Route, whether it was asked for already or is yet to be. */
  addRouteParams(params: string): void {
    if (this.recordRoute === undefined) this.pendingRouteParams += params;
    else this.recordRoute += params;
  }

  /** Asks for a Record-Route. False when there is one already. */
  addRecordRoute(params: string): boolean {
    if (this.recordRoute !== undefined) return false;
    this.recordRoute = params + this.pendingRouteParams;
    this.pendingRouteParams = '';
    return true;
  }
}
