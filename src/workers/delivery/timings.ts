/** How long a delivery waits for what. */
export interface DeliveryTimings {
  /**
   * The longest from a claim to its send. A worker that was held up longer (a sleeping machine, a long
   * garbage collection) gives the claim back instead of sending what another one may have taken over.
   */
  readonly claimMs: number;
  /** The longest that one call to X or another channel may take: `x.timeoutMs`. */
  readonly callMs: number;
  /** How long after the end of a send X may take to list the message. */
  readonly settleMs: number;
  /** How long the queue rests when no message gets through, before one is tried again. */
  readonly pauseMs: number;
  /** How long a job rests when the database or the queue is away. */
  readonly outageMs: number;
}

export const DELIVERY_TIMINGS: DeliveryTimings = Object.freeze({
  claimMs: 5_000,
  callMs: 10_000,
  settleMs: 45_000,
  pauseMs: 15 * 60_000,
  outageMs: 10_000,
});

/** From a claim to the end of its send, whatever happens. */
export function longestSendMs({ claimMs, callMs }: DeliveryTimings): number {
  return claimMs + callMs;
}
