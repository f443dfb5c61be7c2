import { CONTENT_LENGTH, MAX_BREADTH, MAX_FORWARDS, VIA } from '../sip/headers/header-id.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import { noteSource } from '../sip/message/via-source.ts';
import type { Hop } from '../sip/endpoint/endpoint.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { Protocol, Source } from '../sip/transport/transport.ts';
import type { RequestEdits } from './request-edits.ts';
import type { Target } from './target.ts';

/** Max-Forwards of a request that came without one (§16.6 step 3). */
const DEFAULT_MAX_FORWARDS = 70;

/** What is the same for all branches of a request. */
export interface ForwardedRequest {
  readonly request: SipMessage;
  readonly source: Source;
  readonly forceRport: boolean;
}

/**
 * Writes the copy of a request that one branch sends (§16.6 steps 1 to 9). `edits` are the branch's
 * own and are used up: the Request-URI, our Via, what a server notes on the previous one, the Path
 * of the binding, Max-Forwards unless a script has lowered it, Content-Length for streams, and the
 * branch's share of Max-Breadth (RFC 5393 §5.3.3; -1 leaves the field as it is) go in here.
 */
export function writeForwarded(forwarded: ForwardedRequest, edits: RequestEdits, target: Target, hop: Hop, breadth: number): string {
  const { request } = forwarded;
  edits.replace(request.startLineStart, request.startLineEnd, target.requestUri);
  noteSource(request, forwarded.source, edits, forwarded.forceRport);

  const firstVia = request.fieldStart(request.findField(VIA));
  let head = `Via: SIP/2.0/${TRANSPORT_NAMES[hop.protocol]} ${hop.sentBy};branch=${hop.branch}\r\n`;
  if (edits.recordRoute !== undefined) head = recordRoute(hop, edits.recordRoute) + head;
  if (target.path !== '') head += `Route: ${target.path}\r\n`;
  edits.insert(firstVia, head);

  lowerMaxForwards(request, edits);
  if (breadth >= 0) setField(request, edits, MAX_BREADTH, 'Max-Breadth', breadth);
  if (hop.protocol !== 'udp' && request.findField(CONTENT_LENGTH) < 0) {
    edits.insert(request.headerEnd, `Content-Length: ${request.bodyEnd - request.bodyStart}\r\n`);
  }
  return edits.apply(request.raw, 0, request.bodyEnd);
}

const TRANSPORT_NAMES: Readonly<Record<Protocol, string>> = { udp: 'UDP', tcp: 'TCP' };

/**
 * Our Record-Route (§16.6 step 4): one value, or two, marked `r2=on`, when the request leaves by
 * another socket than it came in by, so that each side finds the socket it can reach.
 */
function recordRoute(hop: Hop, params: string): string {
  const inbound = routeUri(hop.receivedBy, hop.receivedProtocol);
  const outbound = routeUri(hop.sentBy, hop.protocol);
  if (inbound === outbound) return `Record-Route: <${inbound};lr${params}>\r\n`;
  return `Record-Route: <${outbound};r2=on;lr${params}>\r\nRecord-Route: <${inbound};r2=on;lr${params}>\r\n`;
}

function routeUri(hostPort: string, protocol: Protocol): string {
  return protocol === 'udp' ? `sip:${hostPort}` : `sip:${hostPort};transport=${protocol}`;
}

/** True when a request may not be forwarded any more (§16.3 step 3). A script that has set the field anew has looked at it. */
export function hasNoHopLeft(request: SipMessage, edits: EditList): boolean {
  const index = request.findField(MAX_FORWARDS);
  return index >= 0 && request.maxForwards === 0 && !edits.touches(request.valueStart(index));
}

/** §16.6 step 3. A script that called `process_maxfwd` has done it already. */
function lowerMaxForwards(request: SipMessage, edits: EditList): void {
  const index = request.findField(MAX_FORWARDS);
  if (index < 0) {
    if (!edits.inserts(request.headerEnd, 'Max-Forwards:')) edits.insert(request.headerEnd, `Max-Forwards: ${DEFAULT_MAX_FORWARDS}\r\n`);
    return;
  }
  const at = request.valueStart(index);
  if (!edits.touches(at)) edits.replace(at, request.valueEnd(index), String(Math.max(0, request.maxForwards - 1)));
}

function setField(request: SipMessage, edits: EditList, id: number, name: string, value: number): void {
  const index = request.findField(id);
  if (index < 0) edits.insert(request.headerEnd, `${name}: ${value}\r\n`);
  else edits.replace(request.valueStart(index), request.valueEnd(index), String(value));
}
