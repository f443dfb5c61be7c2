import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { Timer } from '../../base/timer-wheel.ts';

/**
 * The result of `work`, or a rejection with `jobs.unreachable` when it takes longer than `limitMs`:
 * the clients of both backends wait without end for a server that does not answer. The work goes
 * on then, unheard.
 */
export function within<Result>(clock: Clock, limitMs: number, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = new Timer({
      onTimer: () => reject(new AppError('jobs.unreachable', `The queue backend did not answer within ${limitMs} ms`)),
    });
    clock.arm(timer, limitMs);
    work.then(resolve, reject).finally(() => clock.disarm(timer));
  });
}

/** Resolves when `work` has ended in any way, or after `limitMs`. */
export async function endedWithin(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<boolean> {
  try {
    await within(clock, limitMs, work.catch(() => undefined));
    return true;
  } catch {
    return false;
  }
}
