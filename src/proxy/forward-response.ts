import { VIA } from '../sip/headers/header-id.ts';
import type { EditList } from '../sip/message/edit-list.ts';
import type { SipMessage } from '../sip/message/sip-message.ts';

/** Takes our Via, the topmost one, off a response before it is sent upstream (§16.7 step 3). */
export function removeTopmostVia(response: SipMessage, edits: EditList): void {
  const index = response.findField(VIA);
  const via = response.via!;
  if (!via.followed) {
    edits.remove(response.fieldStart(index), response.fieldEnd(index));
    return;
  }
  // Others stand in the same header field: what is left begins behind the comma.
  edits.remove(via.start, response.text.indexOf(',', via.end) + 1);
}
