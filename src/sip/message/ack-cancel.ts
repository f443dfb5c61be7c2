import { CALL_ID, CSEQ, FROM, MAX_FORWARDS, ROUTE, TO, VIA } from '../headers/header-id.ts';
import type { SipMessage } from './sip-message.ts';

/**
 * Builds the ACK of a failure (§17.1.1.3) or the CANCEL (§9.1) of an INVITE that was sent: same
 * Request-URI, topmost Via, From, Call-ID, CSeq number and Route as the INVITE had. The ACK takes
 * its To, tag and all, from the response.
 *
 * @param invite    the INVITE as it went out
 * @param response  the response that is acknowledged; undefined for CANCEL
 * @param headers   further whole header lines, each with its CRLF (`Reason`)
 */
export function buildFromInvite(method: 'ACK' | 'CANCEL', invite: SipMessage, response: SipMessage | undefined, headers = ''): string {
  let text = `${method} ${invite.requestUriText} SIP/2.0\r\n`;
  let hasVia = false;
  for (let index = 0; index < invite.fieldCount; index += 1) {
    switch (invite.fieldId(index)) {
      case VIA:
        if (hasVia) continue;
        hasVia = true;
        text += topmostViaOnly(invite, index);
        continue;
      case TO:
        if (response === undefined) break;
        text += `To: ${response.header(TO) ?? ''}\r\n`;
        continue;
      case CSEQ:
        text += `CSeq: ${invite.cseq!.number} ${method}\r\n`;
        continue;
      case FROM:
      case CALL_ID:
      case ROUTE:
      case MAX_FORWARDS:
        break;
      default:
        continue;
    }
    text += invite.raw.slice(invite.fieldStart(index), invite.fieldEnd(index));
  }
  return `${text}${headers}Content-Length: 0\r\n\r\n`;
}

function topmostViaOnly(invite: SipMessage, index: number): string {
  const via = invite.via!;
  return via.followed ? `Via: ${invite.text.slice(via.start, via.end)}\r\n` : invite.raw.slice(invite.fieldStart(index), invite.fieldEnd(index));
}
