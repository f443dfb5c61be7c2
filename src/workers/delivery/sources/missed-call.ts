import { missedCall, type MissedCall } from '../../../jobs/contract/missed-call.ts';
import { missedCallText } from '../../render/missed-call.ts';
import { SipEventSource, type SipEventParts } from './sip-event.ts';

export function missedCalls(parts: SipEventParts): SipEventSource<MissedCall> {
  return new SipEventSource(
    {
      contract: missedCall,
      kind: 'direct-message',
      title: 'a missed call',
      sipUserOf: ({ callee }) => callee,
      addressOf: ({ callee, calleeDomain }) => `sip:${callee}@${calleeDomain}`,
      counterpartyOf: ({ caller }) => caller,
      render: missedCallText,
    },
    parts,
  );
}
