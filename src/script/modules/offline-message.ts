import { parseUri } from '../../sip/uri/uri.ts';
import type { OutgoingRequest, StoredMessage } from '../ports.ts';

/** `text/plain`, with parameters or without. */
const PLAIN_TEXT = /^text\/plain[ \t]*(?:;|$)/i;

/** A type with its parameters as it can stand in a header: one line, in ASCII. */
const CONTENT_TYPE = /^[\x21-\x7e][\x20-\x7e]*$/;

/**
 * The MESSAGE (RFC 3428) that brings a stored one. `Date` says when it was received (RFC 3261 §20.17), and with
 * `showsDate` a plain text says so too, for phones show no `Date`. Other types are sent as they came: words
 * before a piece of HTML, an image or an IMDN would break it.
 *
 * @param parts.requestUri where it goes: the owner's address. `To` is only shown, for its sender has written it
 * @returns undefined when the row holds no addresses or no type: something else has written it
 */
export function offlineMessage(message: StoredMessage, { requestUri, callId, showsDate }: { requestUri: string; callId: string; showsDate: boolean }): OutgoingRequest | undefined {
  const { fromUri, toUri, contentType, receivedAtMs } = message;
  if (parseUri(fromUri) === undefined || parseUri(toUri) === undefined || !CONTENT_TYPE.test(contentType)) return undefined;
  const received = new Date(receivedAtMs);
  return {
    method: 'MESSAGE',
    requestUri,
    fromUri,
    toUri,
    headers: `Date: ${received.toUTCString()}\r\nContent-Type: ${contentType}\r\n`,
    body: showsDate && PLAIN_TEXT.test(contentType) ? `[Offline message - ${asCtime(received)} UTC] ${message.body}` : message.body,
    callId,
    user: '',
    password: '',
    isHash: false,
  };
}

/** `Mon Jan  5 10:00:00 2026`, as C writes it. */
function asCtime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(' ');
  return `${weekday.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}
