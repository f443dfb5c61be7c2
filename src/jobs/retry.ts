/** How often a job is tried and how long it rests in between. The contract of the job states it. */
export interface RetryPolicy {
  /** Tries altogether, the first one included. */
  readonly attempts: number;
  /** Rest after the first failure. */
  readonly firstDelayMs: number;
  /** Each further rest is this many times longer. */
  readonly factor: number;
  /** No rest is longer. */
  readonly maxDelayMs: number;
}

/**
 * The rest after the failed attempt number `attempt` (from 1), or `undefined` when that was the
 * last one. `random` is in [0, 1): the rest is drawn from the upper half of its length, so that
 * jobs which failed together do not come back together.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  const fullMs = Math.min(policy.firstDelayMs * policy.factor ** (attempt - 1), policy.maxDelayMs);
  return Math.round(fullMs * (0.5 + random / 2));
}
