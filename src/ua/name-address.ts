import { toWireText } from '../sip/auth/algorithm.ts';
import { parseUri } from '../sip/uri/uri.ts';

/** Longest display name, in characters; what is beyond is cut. */
const MAX_NAME = 64;
const MAX_URI = 512;

/** Control characters, those of Unicode too, and what reverses or hides the text around it on a display. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * A `name-addr` for From or To (RFC 3261 §20.10) out of a name that anybody may have written: a quoted
 * string on one line, whatever was in it.
 *
 * @param name ordinary text; '' leaves it out
 */
export function nameAddress(name: string, uri: string): string {
  const printable = Array.from(name.replace(UNPRINTABLE, ' ').trim()).slice(0, MAX_NAME).join('');
  return printable === '' ? `<${uri}>` : `"${toWireText(printable).replace(/["\\]/g, '\\$&')}" <${uri}>`;
}

/** Whether a text is a SIP URI that can be called: no headers that would end up in the request (RFC 3261 §19.1.5). */
export function isCallable(text: string): boolean {
  if (text.length > MAX_URI || !/^[\x21-\x7e]+$/.test(text) || /[<>"]/.test(text)) return false;
  const uri = parseUri(text);
  return uri !== undefined && (uri.scheme === 'sip' || uri.scheme === 'sips') && uri.host !== '' && uri.headers === '';
}
