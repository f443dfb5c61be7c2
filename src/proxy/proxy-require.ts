import { PROXY_REQUIRE } from '../sip/headers/header-id.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';

/**
 * The extensions that a request demands of every proxy on its way (RFC 3261 §16.3 step 5), as the
 * value of an Unsupported header: this proxy knows none that has to be demanded. Undefined when
 * nothing is demanded, and for ACK and CANCEL, which are never refused for it.
 */
export function unsupportedExtensions(request: SipMessage): string | undefined {
  let index = request.findField(PROXY_REQUIRE);
  if (index < 0 || request.method === 'CANCEL' || request.method === 'ACK') return undefined;
  const names: string[] = [];
  for (; index >= 0; index = request.findField(PROXY_REQUIRE, index + 1)) names.push(request.fieldValue(index));
  return names.join(', ');
}
