import { plainHost } from '../uri/uri.ts';
import { EditList } from './edit-list.ts';
import type { SipMessage } from './sip-message.ts';

/** Where a request came from, as the transport saw it. The address has no brackets. */
export interface SourceAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * Notes in `edits` what a server adds to the topmost Via of a request: `received` when sent-by is
 * not the source address (§18.2.1), and the port for an `rport` without a value (RFC 3581 §4),
 * which also asks for `received`. `forceRport` treats the request as if it had asked.
 */
export function noteSource(request: SipMessage, source: SourceAddress, edits: EditList, forceRport = false): void {
  const via = request.via;
  if (via === undefined) return;
  const wantsRport = via.rport === 0 || (forceRport && via.rport < 0);
  let added = '';
  if (wantsRport) {
    if (via.rportEnd >= 0) edits.insert(via.rportEnd, `=${source.port}`);
    else added = `;rport=${source.port}`;
  }
  if (via.received !== '') {
    // What the sender claims of itself does not count.
    if (via.received !== source.address) edits.replace(via.receivedStart, via.receivedStart + via.received.length, source.address);
  } else if (wantsRport || plainHost(via.host) !== source.address) {
    added += `;received=${source.address}`;
  }
  if (added !== '') edits.insert(via.end, added);
}

/** The header field with the topmost Via as a reply carries it, CRLF included. */
export function viaWithSource(request: SipMessage, index: number, source: SourceAddress, forceRport: boolean): string {
  const edits = new EditList();
  noteSource(request, source, edits, forceRport);
  return edits.apply(request.raw, request.fieldStart(index), request.fieldEnd(index));
}
