import { instantMessage, type InstantMessage } from '../../../jobs/contract/instant-message.ts';
import { instantMessageText } from '../../render/instant-message.ts';
import { SipEventSource, type SipEventParts } from './sip-event.ts';

export function instantMessages(parts: SipEventParts): SipEventSource<InstantMessage> {
  return new SipEventSource(
    {
      contract: instantMessage,
      kind: 'instant-message',
      title: 'an instant message',
      sipUserOf: ({ recipient }) => recipient,
      addressOf: ({ recipient }) => `sip:${recipient}`,
      counterpartyOf: ({ sender }) => sender,
      render: instantMessageText,
    },
    parts,
  );
}
