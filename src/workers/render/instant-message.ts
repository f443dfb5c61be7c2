import type { InstantMessage } from '../../jobs/contract/instant-message.ts';
import { callerText } from './caller.ts';
import { textsFor } from './catalogue.ts';
import { plainText } from './plain-text.ts';
import { withReference } from './reference.ts';

/** Code points: the rest of a direct message is for the sender and the reference. */
const MAX_TEXT_LENGTH = 9_000;

/**
 * A SIP MESSAGE as a direct message, in one line without control characters:
 *
 *     From "Alice" <alice@example.com>: see you at nine · ref 7k2mq4xd
 */
export function instantMessageText(event: InstantMessage, reader: { readonly locale: string }): string {
  const texts = textsFor(reader.locale);
  const sender = callerText({ address: event.sender, name: event.senderName }, texts);
  return withReference(texts.instantMessage({ sender, text: plainText(event.text, MAX_TEXT_LENGTH) }), event.eventId);
}
