/** The two sides of a call: who asked for it, and whom he wanted. */
export type Party = 'caller' | 'callee';

/** A call to be made; the script's port `CallPlan` has the same shape. */
export interface Plan {
  readonly id: string;
  /** SIP URI of the caller's side, whose phones ring first. */
  readonly from: string;
  /** Ordinary text, as all names here. */
  readonly fromName: string;
  /** SIP URI of the callee; '' for an announcement. */
  readonly to: string;
  readonly toName: string;
  /** SIP URI that the caller's phones show; the callee's when absent. */
  readonly shownUri?: string;
  readonly flow: 'auto' | 'iv' | 'i' | 'refer';
  readonly ringMs: number;
  readonly maxDurationMs: number;
}

export type Cause = 'busy' | 'no-answer' | 'declined' | 'unreachable' | 'cancelled' | 'refused' | 'media' | 'internal';

/** A step in the life of a call; the script's port `CallProgress` has the same shape. */
export interface Step {
  readonly id: string;
  readonly event: 'ringing' | 'answered' | 'connected' | 'ended' | 'failed';
  readonly party?: Party;
  readonly cause?: Cause;
  readonly status?: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/**
 * Why a side could not be had, from the status of its final response.
 *
 * @param hasRung its phones have rung: then a time-out is somebody who did not come, not a phone that is not there
 */
export function causeOf(status: number, hasRung: boolean): Cause {
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 603:
    case 607:
      return 'declined';
    case 408:
    case 480:
    case 487:
      return hasRung ? 'no-answer' : 'unreachable';
    case 401:
    case 403:
    case 407:
      return 'refused';
    case 415:
    case 488:
    case 606:
      return 'media';
    default:
      return 'unreachable';
  }
}
