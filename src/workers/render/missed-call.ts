import type { MissedCall } from '../../jobs/contract/missed-call.ts';
import { callerText } from './caller.ts';
import { textsFor } from './catalogue.ts';
import { localTime } from './local-time.ts';
import { withReference } from './reference.ts';

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
    caller: callerText({ address: event.caller, name: event.callerName }, texts),
    time: localTime(event.at, reader.timeZone),
    cause: texts.causes[event.cause],
  });
  return withReference(text, event.eventId);
}
