import type { XFailureClass } from '../x/port.ts';

/**
 * What a worker does about a failed call to X:
 * - `wait`: come back when X said, burning no attempt. The message was not sent.
 * - `back-off`: burn an attempt and rest as the contract says. The message was not sent.
 * - `look`: it may have been sent. Burn an attempt, and ask X what it has before anything else.
 * - `refuse`: the end for this message, with X's reason.
 * - `pause`: no message gets through, so stop the whole queue and tell the operator. The message was not sent.
 */
export type FailureAction = 'wait' | 'back-off' | 'look' | 'refuse' | 'pause';

/** The classes say what happened (`x/port.ts`), this table says what follows. */
export const FAILURE_POLICY: Readonly<Record<XFailureClass, FailureAction>> = Object.freeze({
  'rate-limited': 'wait',
  unavailable: 'back-off',
  uncertain: 'look',
  refused: 'refuse',
  // A request that breaks a rule of X breaks it the next time too.
  invalid: 'refuse',
  payment: 'pause',
  unauthorized: 'pause',
});
