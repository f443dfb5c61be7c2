/**
 * The few characters at the end of a message by which it is known again: for us when we ask X
 * whether it has it, and for the reader who asks the operator about it.
 *
 * The whole text would not do: X gives links back shortened and some characters escaped, and two
 * calls in one minute have the same text.
 */
import { createHash } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 8;

/** Forty bits of SHA-256 of the event's id, in letters and digits that are hard to confuse. */
export function referenceOf(eventId: string): string {
  const digest = createHash('sha256').update(eventId).digest();
  return Array.from(digest.subarray(0, LENGTH), (byte) => ALPHABET[byte & 31]).join('');
}

export function withReference(text: string, eventId: string): string {
  return `${text}${mark(eventId)}`;
}

/** The text alone, whether or not the reference stands behind it. */
export function withoutReference(text: string, eventId: string): string {
  return bearsReference(text, eventId) ? text.trimEnd().slice(0, -mark(eventId).length) : text.trimEnd();
}

/** Whether this is the message about that event. Only its end counts: what stands before may be a caller's choice. */
export function bearsReference(text: string, eventId: string): boolean {
  return text.trimEnd().endsWith(mark(eventId));
}

function mark(eventId: string): string {
  return ` · ref ${referenceOf(eventId)}`;
}
