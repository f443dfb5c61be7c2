import { XFailure, type XFailureClass } from '../../x/port.ts';
import { ChannelFailure } from './channels/channel.ts';

/**
 * What a worker does about a failed call to X, or to another channel:
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

/** What went wrong on a way, and what follows. */
export interface Failure {
  readonly action: FailureAction;
  readonly reason: string;
  /** When to try again, in milliseconds since the epoch: set exactly when the action is `wait`. */
  readonly retryAtMs: number | undefined;
}

/** `undefined` for anything that no channel throws on purpose. */
export function failureOf(thrown: unknown): Failure | undefined {
  if (thrown instanceof XFailure) return { action: FAILURE_POLICY[thrown.class], reason: thrown.reason, retryAtMs: thrown.retryAtMs };
  if (thrown instanceof ChannelFailure) return { action: FAILURE_POLICY[thrown.class], reason: thrown.message, retryAtMs: undefined };
  return undefined;
}
