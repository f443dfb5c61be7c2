import { Timer, type TimerOwner } from '../../base/timer-wheel.ts';
import type { SipMessage } from '../../sip/message/sip-message.ts';
import type { CallLeg } from '../call-leg.ts';
import { SessionOrigin } from '../session-origin.ts';

/** One side of a call: how session descriptions look to it, how long it may ring, and its leg once it was called. */
export class Side {
  readonly origin = new SessionOrigin();
  readonly ringing: Timer;
  leg: CallLeg | undefined;

  /** @param kind what `owner` knows the ringing time of this side by */
  constructor(owner: TimerOwner, kind: number) {
    this.ringing = new Timer(owner, kind);
  }
}

/** False when the phone lists what it takes and REFER is not in the list (RFC 3261 §20.5). */
export function takesRefer(response: SipMessage): boolean {
  const lines = response.fieldsNamed('Allow').map((index) => response.fieldValue(index));
  return lines.length === 0 || lines.some((line) => /(?:^|,)\s*REFER\s*(?:,|$)/i.test(line));
}
