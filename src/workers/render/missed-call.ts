import type { MissedCall } from '../../jobs/contract/missed-call.ts';
import { textsFor } from './catalogue.ts';
import { localTime } from './local-time.ts';
import type { MessageTexts } from './message-texts.ts';
import { plainText, quotableName } from './plain-text.ts';
import { withReference } from './reference.ts';

const MAX_NAME_LENGTH = 64;
const MAX_ADDRESS_LENGTH = 128;
/** What no address of RFC 3261 §25.1 holds unescaped, and what would end the brackets around it. */
const NOT_IN_ADDRESSES = /[ <>"]/g;
/** RFC 3323 §4.1.1.3: the address of a caller who does not give his own. */
const ANONYMOUS = /@anonymous\.invalid$/i;

/**
 * The message about a missed call, one line of at most 500 characters:
 *
 *     Missed call from "Alice" <alice@example.com> at 14:05 (Sun 22 Nov): busy · ref 7k2mq4xd
 *
 * The same event and reader always give the same text.
 */
export function missedCallText(event: MissedCall, reader: { readonly locale: string; readonly timeZone: string }): string {
  const texts = textsFor(reader.locale);
  const text = texts.missedCall({
    caller: callerText(event, texts),
    time: localTime(event.at, reader.timeZone),
    cause: texts.causes[event.cause],
  });
  return withReference(text, event.eventId);
}

function callerText(event: MissedCall, texts: MessageTexts): string {
  const address = plainText(event.caller, MAX_ADDRESS_LENGTH).replace(NOT_IN_ADDRESSES, '');
  if (address === '' || ANONYMOUS.test(address)) return texts.anonymousCaller;
  const name = plainText(event.callerName ?? '', MAX_ADDRESS_LENGTH);
  const saysNothing = name === '' || name === address || name === address.split('@', 1)[0];
  return saysNothing ? address : `"${quotableName(name, MAX_NAME_LENGTH)}" <${address}>`;
}
