import type { Clock } from '../../base/clock.ts';
import { Timer } from '../../base/timer-wheel.ts';

/**
 * The promise's outcome, or a rejection after `waitMs`: a route must not wait for ever, whatever the
 * other side does. What was asked for may still happen afterwards.
 */
export function withDeadline<T>(clock: Clock, waitMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = new Timer({ onTimer: () => reject(new Error(`no answer within ${waitMs} ms`)) });
    clock.arm(timer, waitMs);
    promise.then(resolve, reject).finally(() => clock.disarm(timer));
  });
}
