import assert from 'node:assert/strict';
import { parseMessage } from '../../src/sip/message/parse-message.ts';
import { SipMessage } from '../../src/sip/message/sip-message.ts';
import type { EditList } from '../../src/sip/message/edit-list.ts';

/** Parses a message whose lines are joined with CRLF here. */
export function parsed(text: string): SipMessage {
  const message = parseMessage(text.replace(/\r?\n/g, '\r\n'));
  assert.ok(message instanceof SipMessage, JSON.stringify(message));
  return message;
}

/** The message with the edits made, taken apart again. */
export function edited(message: SipMessage, edits: EditList): SipMessage {
  return parsed(edits.apply(message.raw, 0, message.bodyEnd));
}

/** Values of all header fields with that name, in order. */
export function values(message: SipMessage, name: string): string[] {
  return message.fieldsNamed(name).map((index) => message.fieldValue(index));
}
