/** What one load on one server gave. */
export interface Figures {
  readonly calls: number;
  readonly failed: number;
  /** CPU of the whole process tree for each call that succeeded, user and system. */
  readonly microseconds: number;
  readonly residentMiB: number;
  /** INVITE to 200. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Calls that ended in a second; NaN where the rate was given. */
  readonly callsPerSecond: number;
}

/** As one part of a line: `calls 36000  failed 0  cpu 65.1 us/call …`. */
export function figuresText(figures: Figures): string {
  const { calls, failed, microseconds, residentMiB, p50Ms, p99Ms, callsPerSecond } = figures;
  const rate = Number.isNaN(callsPerSecond) ? '' : `  ${callsPerSecond.toFixed(0)} calls/s`;
  return (
    `calls ${String(calls).padStart(6)}  failed ${String(failed).padStart(5)}  cpu ${microseconds.toFixed(1).padStart(7)} us/call` +
    `  rss ${residentMiB.toFixed(1).padStart(6)} MiB  p50 ${p50Ms.toFixed(1).padStart(6)} ms  p99 ${p99Ms.toFixed(1).padStart(7)} ms${rate}`
  );
}
