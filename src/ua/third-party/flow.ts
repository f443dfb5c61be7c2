import type { Cause, Party } from './plan.ts';

/**
 * What a flow asks of the call that it steers. A flow decides which offer goes where and nothing
 * else: ringing times, hang-ups, CANCEL and BYE are the call's.
 */
export interface FlowPort {
  /** Rings a side. '' makes the INVITE ask for an offer. It rings no longer than `limitMs` if given. */
  invite(party: Party, offer: string, limitMs?: number): void;
  /** Renegotiates with a side that has answered; '' asks it for an offer. */
  reinvite(party: Party, offer: string): void;
  /** Acknowledges the last 2xx of a side. `answer` answers the offer in it, '' when it had none. */
  acknowledge(party: Party, answer: string): void;
  /** Asks the caller's phone to call the callee itself (RFC 3515). */
  refer(): void;
  /** The caller has picked up. */
  answered(): void;
  /** The two hear each other, or the caller the announcement. */
  connected(): void;
  /** It came to nothing; `cause` follows from the status when absent. */
  failed(party: Party, status: number, cause?: Cause): void;
  /** It went well, and we are not needed any more. */
  left(): void;
  /** Another flow goes on with the sides as they are. */
  become(flow: Flow): void;
}

/** What a 2xx of a side brought. */
export interface Accepted {
  /** Its session description, '' when it had none. */
  readonly description: string;
  /** False when the phone lists what it takes and REFER is not in the list. */
  readonly takesRefer: boolean;
}

/** The order of offers and answers of one way to connect two phones. Machines without I/O; their port is a `FlowPort`. */
export interface Flow {
  /** Sends the first INVITE. */
  start(): void;
  /** A side has sent a 2xx to the last INVITE or re-INVITE that it got. */
  accepted(party: Party, accepted: Accepted): void;
  /** It has sent a failure. */
  refused(party: Party, status: number): void;
  /** Final status of the REFER. */
  referred?(status: number): void;
  /** The phone that was asked tells of its call: the status of its last response; `isLast` when it will tell no more. */
  notified?(status: number, isLast: boolean): void;
  /** The caller's side has hung up before all was done. True when it is to be waited for what he will tell. */
  hungUp?(): boolean;
  /** The call is over, in whichever way. */
  over?(): void;
}
