/** Messages for the tests of this folder: a right one, and what can be changed in it. */
import assert from 'node:assert/strict';
import { isParseFailure, parseMessage, type MessageLimits, type ParseFailure } from '../../../src/sip/message/parse-message.ts';
import type { SipMessage } from '../../../src/sip/message/sip-message.ts';

export const START = 'INVITE sip:bob@example.com SIP/2.0';
export const VIA_LINE = 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK77';

/** Header lines by name; `undefined` leaves one out, a list writes it more than once. */
export type Lines = Readonly<Record<string, string | readonly string[] | undefined>>;

const USUAL: Lines = {
  Via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK77',
  'Max-Forwards': '70',
  From: '<sip:alice@example.com>;tag=a1',
  To: '<sip:bob@example.com>',
  'Call-ID': 'c1@192.0.2.1',
  CSeq: '1 INVITE',
};

/** A message with these header lines in place of, or behind, the usual ones. */
export function messageText(lines: Lines = {}, options: { start?: string; body?: string } = {}): string {
  let text = `${options.start ?? START}\r\n`;
  for (const [name, value] of Object.entries({ ...USUAL, ...lines })) {
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    for (const each of values) text += `${name}: ${each}\r\n`;
  }
  return `${text}\r\n${options.body ?? ''}`;
}

export function parsed(text: string, limits?: MessageLimits): SipMessage {
  const message = parseMessage(text, limits);
  if (isParseFailure(message)) assert.fail(`not parsed: ${message.failure}`);
  return message;
}

export function refused(text: string, limits?: MessageLimits): ParseFailure {
  const message = parseMessage(text, limits);
  assert.ok(isParseFailure(message), 'parsed, but must be refused');
  return message;
}

export function message(lines: Lines = {}, options: { start?: string; body?: string } = {}): SipMessage {
  return parsed(messageText(lines, options));
}

/** Text as it comes from a socket: UTF-8 as one character a byte. */
export function oneByte(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
