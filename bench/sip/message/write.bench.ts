/**
 * Writing what goes on: a request with the changes of §16.6 (Request-URI, our Via and Record-Route,
 * `received` and `rport`, Max-Forwards), a response without our Via, a reply of our own. The result
 * is copied into a buffer, as the transport does: before that, a joined string is but a tree of its parts.
 * Run with `node --import tsx bench/sip/message/write.bench.ts`.
 */
import { MAX_FORWARDS, VIA } from '../../../src/sip/headers/header-id.ts';
import { EditList } from '../../../src/sip/message/edit-list.ts';
import { buildReply } from '../../../src/sip/message/reply.ts';
import type { SipMessage } from '../../../src/sip/message/sip-message.ts';
import { noteSource } from '../../../src/sip/message/via-source.ts';
import { measure } from '../../measure.ts';
import { BYE, INVITE, OK, RINGING, parsed } from './messages.ts';

const slab = Buffer.alloc(65_536);
const source = { address: '192.0.2.17', port: 5060 };
const target = 'sip:bob@203.0.113.9:5062;ob';

function forwardRequest(request: SipMessage): string {
  const edits = new EditList();
  edits.replace(request.startLineStart, request.startLineEnd, target);
  noteSource(request, source, edits);
  const recordRoute = 'Record-Route: <sip:198.51.100.1:5060;lr;ftag=8f2e61c04b7d>\r\n';
  const via = 'Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK0a1b2c3d4e5f.3k.1.0\r\n';
  edits.insert(request.fieldStart(request.findField(VIA)), recordRoute + via);
  const maxForwards = request.findField(MAX_FORWARDS);
  edits.replace(request.valueStart(maxForwards), request.valueEnd(maxForwards), String(request.maxForwards - 1));
  return edits.apply(request.raw, 0, request.bodyEnd);
}

function forwardResponse(response: SipMessage): string {
  const edits = new EditList();
  const index = response.findField(VIA);
  edits.remove(response.fieldStart(index), response.fieldEnd(index));
  return edits.apply(response.raw, 0, response.bodyEnd);
}

const invite = parsed(INVITE);
const bye = parsed(BYE);
const ringing = parsed(RINGING);
const ok = parsed(OK);

measure('write/INVITE forwarded', () => slab.write(forwardRequest(invite), 0, 'latin1'));
measure('write/BYE forwarded', () => slab.write(forwardRequest(bye), 0, 'latin1'));
measure('write/180 forwarded', () => slab.write(forwardResponse(ringing), 0, 'latin1'));
measure('write/200 forwarded', () => slab.write(forwardResponse(ok), 0, 'latin1'));
measure('write/100 to INVITE', () => slab.write(buildReply(invite, source, { status: 100, reason: 'Trying', toTag: '' }), 0, 'latin1'));
measure('write/404 to INVITE', () => slab.write(buildReply(invite, source, { status: 404, reason: 'Not Found', toTag: 'a1b2c3d4' }), 0, 'latin1'));
