import type { SipMessage } from '../sip/message/sip-message.ts';

/** One audio stream that is never sent: a user agent without sound. */
export const SESSION_DESCRIPTION = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=inactive\r\n';

/** An offer without media lines: the phone is to be rung before anybody knows which media there will be (RFC 3725 §4.4). */
export const MEDIALESS_OFFER = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n';

/** An offer of audio to nobody: a call on hold from its beginning, as `dlg_bridge` of Kamailio makes it. */
export const HELD_OFFER = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 9 RTP/AVP 8 0\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\na=inactive\r\n';

/** The session description that a message carries, '' when it carries none. */
export function descriptionOf(message: SipMessage): string {
  if (message.bodyEnd === message.bodyStart) return '';
  const [index] = message.fieldsNamed('Content-Type');
  const type = index === undefined ? '' : message.fieldValue(index);
  return /^application\/sdp\s*(?:;|$)/i.test(type) ? message.body : '';
}

/** Whether a description has a media line, used or not. */
export function hasMedia(description: string): boolean {
  return /(?:^|\n)m=/.test(description);
}

/** The answer of a phone whose description is `own`: without media lines when the offer has none (RFC 3264 §6). */
export function answerTo(offer: string, own: string): string {
  return offer === '' || hasMedia(offer) ? own : own.replace(/(^|\n)m=[\s\S]*$/, '$1');
}
