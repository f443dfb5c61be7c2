import type { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';
import type { Branch } from './branch.ts';

/**
 * Adds the challenges of all other branches to the 401 or 407 that goes upstream, so that the
 * caller can answer each of them (RFC 3261 §16.7 step 7).
 */
export function gatherChallenges(response: SipMessage, branches: readonly Branch[], edits: EditList): void {
  for (const { response: other } of branches) {
    if (other === undefined || other === response || (other.status !== 401 && other.status !== 407)) continue;
    for (const name of ['WWW-Authenticate', 'Proxy-Authenticate']) {
      for (const index of other.fieldsNamed(name)) edits.insert(response.headerEnd, `${name}: ${other.fieldValue(index)}\r\n`);
    }
  }
}
