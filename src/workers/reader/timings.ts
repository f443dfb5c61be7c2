/** How long the reader waits for what. */
export interface ReaderTimings {
  /** How long the lease holds without being renewed: another worker takes over after this. */
  readonly leaseMs: number;
  /** How long a poll rests when only an operator can help. */
  readonly pauseMs: number;
  /** The longest rest while X is away; it grows up to this from the poll's own interval. */
  readonly longestBackOffMs: number;
  /** How long a poll rests when the database is away. */
  readonly outageMs: number;
}

export const READER_TIMINGS: ReaderTimings = Object.freeze({
  leaseMs: 30_000,
  pauseMs: 15 * 60_000,
  longestBackOffMs: 5 * 60_000,
  outageMs: 10_000,
});
