import { ROUTE, VIA } from '../sip/headers/header-id.ts';
import type { Endpoint } from '../sip/endpoint/endpoint.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';

/** The request that a branch of ours was made from, if the user of a client transaction is a branch. */
export interface ForwardsRequest {
  readonly forwardedRequest: SipMessage;
}

/**
 * True when this request has been here before and comes back with nothing changed that routing
 * looks at (RFC 3261 §16.3 step 4, RFC 5393 §4.2). One of our own Vias below the top names the
 * transaction that we forwarded it in; as long as a request loops that transaction is alive, so
 * the request as it came then is at hand and is compared itself instead of a hash of it. A request
 * that comes back with another Request-URI or Route is a spiral, which is legitimate.
 */
export function isLooped(endpoint: Endpoint, request: SipMessage): boolean {
  const topmost = request.findField(VIA);
  if (!request.via!.followed && request.findField(VIA, topmost + 1) < 0) return false;
  for (const via of request.vias()) {
    const user = endpoint.findClient(via.branch)?.user as Partial<ForwardsRequest> | undefined;
    const earlier = user?.forwardedRequest;
    if (earlier !== undefined && earlier.requestUriText === request.requestUriText && routeText(earlier) === routeText(request)) return true;
  }
  return false;
}

function routeText(request: SipMessage): string {
  let text = '';
  for (let index = request.findField(ROUTE); index >= 0; index = request.findField(ROUTE, index + 1)) text += `${request.fieldValue(index)},`;
  return text;
}
