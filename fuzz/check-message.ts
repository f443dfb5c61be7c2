/**
 * What must hold of any text that is given to the parser: it never throws, and what it accepts can
 * be read, answered, forwarded and cancelled, with results that the parser accepts again. A result
 * that it refuses would be one that the next element reads otherwise than we do.
 */
import assert from 'node:assert/strict';
import { ACCEPT, MAX_FORWARDS, VIA } from '../src/sip/headers/header-id.ts';
import { buildFromInvite } from '../src/sip/message/ack-cancel.ts';
import { EditList } from '../src/sip/message/edit-list.ts';
import { isParseFailure, parseMessage, type MessageLimits, type ParseFailure } from '../src/sip/message/parse-message.ts';
import { buildReply } from '../src/sip/message/reply.ts';
import type { SipMessage } from '../src/sip/message/sip-message.ts';
import { noteSource } from '../src/sip/message/via-source.ts';
import { uriParameter } from '../src/sip/uri/uri.ts';

const SOURCE = { address: '192.0.2.99', port: 40_000 };
const OUR_VIA = 'Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKours\r\n';

/** Checks one text, and tells what the parser made of it: 'request', 'response', or the status of the refusal. */
export function checkMessage(raw: string, limits?: MessageLimits): string {
  const parsed = parseMessage(raw, limits);
  if (isParseFailure(parsed)) {
    checkFailure(parsed);
    return String(parsed.status);
  }
  checkBounds(parsed);
  readEverything(parsed);
  if (!parsed.isRequest) return 'response';
  checkForwarded(parsed, limits);
  if (parsed.method !== 'ACK') checkReply(parsed, limits);
  if (parsed.method === 'INVITE') accepted(buildFromInvite('CANCEL', parsed, undefined), limits);
  return 'request';
}

function checkFailure(failure: ParseFailure): void {
  assert.ok([0, 400, 505, 513].includes(failure.status), `status ${failure.status}`);
  const { message } = failure;
  if (failure.status === 0 || message === undefined) {
    assert.equal(failure.status, 0);
    return;
  }
  assert.ok(message.isRequest && message.method !== 'ACK', 'only requests are answered');
  readEverything(message);
  checkLines(buildReply(message, SOURCE, { status: failure.status, reason: 'Refused', toTag: 'ours' }));
}

/** No line of a header that we send holds a CR or LF of its own. */
function checkLines(text: string): void {
  const header = text.slice(0, text.indexOf('\r\n\r\n'));
  for (const line of header.split('\r\n')) assert.ok(!/[\r\n]/.test(line), 'a bare CR or LF is sent');
}

function checkBounds(message: SipMessage): void {
  const { raw, text, headerEnd, bodyStart, bodyEnd } = message;
  assert.equal(text.length, raw.length);
  assert.equal(raw.slice(headerEnd, bodyStart), '\r\n');
  assert.ok(bodyStart <= bodyEnd && bodyEnd <= raw.length);
  let at = raw.indexOf('\r\n') + 2;
  for (let index = 0; index < message.fieldCount; index += 1) {
    assert.equal(message.fieldStart(index), at, 'fields follow each other');
    assert.ok(at < message.valueStart(index) && message.valueStart(index) <= message.valueEnd(index) && message.valueEnd(index) < message.fieldEnd(index));
    at = message.fieldEnd(index);
  }
  assert.equal(at, headerEnd);
  checkLines(text);
}

function readEverything(message: SipMessage): void {
  for (let index = 0; index < message.fieldCount; index += 1) {
    message.fieldValue(index);
    message.fieldsNamed(index < 20 ? message.fieldName(index) : 'x');
    if (index === 20) break;
  }
  const { contacts } = message;
  const lists = [message.routes, message.recordRoutes, message.paths, contacts === '*' ? undefined : contacts, message.list(ACCEPT)];
  for (const address of [message.from, message.to, ...lists.flatMap((list) => (list ?? []).slice(0, 50))]) {
    if (address === undefined) continue;
    assert.ok(address.start <= address.uriStart && address.uriStart <= address.uriEnd && address.uriEnd <= address.end);
    assert.equal(address.param('tag') ?? '', address.tag ?? '');
    assert.equal(typeof address.displayName, 'string');
    if (address.uri !== undefined) uriParameter(address.uri, 'lr');
  }
  for (const via of message.vias()) assert.ok(via.start < via.end && via.host !== '' && via.transport !== '');
  assert.ok(message.maxForwards >= -2);
  assert.ok(message.sharesTransactionKey(message));
  assert.equal(typeof message.reason + typeof message.body, 'stringstring');
}

function accepted(text: string, limits: MessageLimits | undefined): SipMessage {
  checkLines(text);
  // What we add may go beyond the limits that the message kept.
  const parsed = parseMessage(text, limits === undefined ? undefined : { maxMessageBytes: 2 * limits.maxMessageBytes, maxHeaders: 2 * limits.maxHeaders });
  if (isParseFailure(parsed)) assert.fail(`what we made of it is refused: ${parsed.failure}\n${JSON.stringify(text)}`);
  return parsed;
}

function checkReply(request: SipMessage, limits: MessageLimits | undefined): void {
  const reply = accepted(buildReply(request, SOURCE, { status: 404, reason: 'Not Found', toTag: 'ours', forceRport: true }), limits);
  assert.equal(reply.callId, request.callId);
  assert.deepEqual(reply.cseq, request.cseq);
  assert.equal(reply.from?.text, request.from?.text);
  assert.equal(reply.to?.tag, request.to?.tag ?? 'ours');
  assert.equal(reply.via?.branch, request.via?.branch);
  assert.equal(reply.via?.received, SOURCE.address);
  assert.equal(reply.vias().length, request.vias().length);
}

function checkForwarded(request: SipMessage, limits: MessageLimits | undefined): void {
  const edits = new EditList();
  edits.replace(request.startLineStart, request.startLineEnd, 'sip:next@203.0.113.1');
  noteSource(request, SOURCE, edits);
  edits.insert(request.fieldStart(request.findField(VIA)), OUR_VIA);
  const maxForwards = request.findField(MAX_FORWARDS);
  if (maxForwards >= 0) edits.replace(request.valueStart(maxForwards), request.valueEnd(maxForwards), String(Math.max(0, request.maxForwards - 1)));
  const forwarded = accepted(edits.apply(request.raw, 0, request.bodyEnd), limits);
  assert.equal(forwarded.method, request.method);
  assert.equal(forwarded.requestUriText, 'sip:next@203.0.113.1');
  assert.equal(forwarded.fieldCount, request.fieldCount + 1);
  assert.equal(forwarded.body, request.body);
  assert.equal(forwarded.via?.branch, 'z9hG4bKours');
  assert.equal(forwarded.vias().length, request.vias().length + 1);
  assert.equal(forwarded.maxForwards, request.maxForwards < 0 ? -1 : Math.max(0, request.maxForwards - 1));
  for (let index = 0; index < request.fieldCount; index += 1) {
    const id = request.fieldId(index);
    if (id === VIA || id === MAX_FORWARDS) continue;
    const place = forwarded.fieldCount - request.fieldCount + index;
    // Our Via stands above the first Via, so fields before that one kept their number.
    const now = index < request.findField(VIA) ? index : place;
    assert.equal(forwarded.raw.slice(forwarded.fieldStart(now), forwarded.fieldEnd(now)), request.raw.slice(request.fieldStart(index), request.fieldEnd(index)));
  }
}
