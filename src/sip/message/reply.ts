import { CALL_ID, CSEQ, FROM, RECORD_ROUTE, TIMESTAMP, TO, VIA } from '../headers/header-id.ts';
import { viaWithSource, type SourceAddress } from './via-source.ts';
import type { SipMessage } from './sip-message.ts';

export interface ReplyParts {
  readonly status: number;
  readonly reason: string;
  /** Added to To when the request has no tag there; never for 100 (§8.2.6.2). */
  readonly toTag: string;
  /** Whole header lines, each with its CRLF. */
  readonly headers?: string;
  readonly body?: string;
  /** Treats the request as if its Via had `rport` (KEMI `force_rport`). */
  readonly forceRport?: boolean;
  /** Value of the Server header, left out when ''. */
  readonly server?: string;
}

/**
 * Builds a response to a request (§8.2.6): Via, From, To, Call-ID and CSeq are copied as they came,
 * with `received` and `rport` on the topmost Via (§18.2.1, RFC 3581), Record-Route for what may
 * make a dialog (§12.1.1), Timestamp for 100. Of a field that must stand once the first is copied:
 * requests that are refused because it stands twice are answered here too.
 *
 * Texts are one-byte texts, the body too: what is UTF-8 comes in as its bytes.
 */
export function buildReply(request: SipMessage, source: SourceAddress, parts: ReplyParts): string {
  const { raw } = request;
  let text = `SIP/2.0 ${parts.status} ${parts.reason}\r\n`;
  let topmost = true;
  let copied = 0;
  const withRecordRoute = parts.status > 100 && parts.status < 300;
  for (let index = 0; index < request.fieldCount; index += 1) {
    const id = request.fieldId(index);
    switch (id) {
      case VIA:
        if (topmost) {
          text += viaWithSource(request, index, source, parts.forceRport === true);
          topmost = false;
          continue;
        }
        break;
      case TO: {
        if ((copied & (1 << TO)) !== 0) continue;
        copied |= 1 << TO;
        const end = request.valueEnd(index);
        const needsTag = parts.status > 100 && request.to?.tag === undefined;
        text += needsTag ? `${raw.slice(request.fieldStart(index), end)};tag=${parts.toTag}\r\n` : raw.slice(request.fieldStart(index), request.fieldEnd(index));
        continue;
      }
      case FROM:
      case CALL_ID:
      case CSEQ:
        if ((copied & (1 << id)) !== 0) continue;
        copied |= 1 << id;
        break;
      case RECORD_ROUTE:
        if (!withRecordRoute) continue;
        break;
      case TIMESTAMP:
        if (parts.status !== 100) continue;
        break;
      default:
        continue;
    }
    text += raw.slice(request.fieldStart(index), request.fieldEnd(index));
  }
  if (parts.headers !== undefined) text += parts.headers;
  if (parts.server) text += `Server: ${parts.server}\r\n`;
  const body = parts.body ?? '';
  return `${text}Content-Length: ${body.length}\r\n\r\n${body}`;
}
