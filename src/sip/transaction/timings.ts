/**
 * The durations of §17, in milliseconds, as one frozen object that is passed to every machine:
 * nothing here is global, so that two endpoints, or two tests, may run with different values.
 *
 * @rfc 3261 §17.1.1.1, Table 4
 * @rfc 6026 §7.1, §7.2 (timers L and M)
 */
export interface TransactionTimings {
  /** T1, the round-trip estimate: first interval of timers A, E and G. */
  readonly t1Ms: number;
  /** T2, the longest interval between retransmissions of a non-INVITE request or of a failure to an INVITE. */
  readonly t2Ms: number;
  /** T4, how long a message may wander in the network: timers I and K on unreliable transports. */
  readonly t4Ms: number;
  /** Timer C: how long a proxy lets an INVITE ring. Used by the proxy (§16.6 step 11), by no machine here. */
  readonly timerCMs: number;
  /** Timer D: how long an INVITE client acknowledges failures again; not under 32 s on unreliable transports. */
  readonly timerDMs: number;
  /** 64*T1, after which a side gives the other up, or stops waiting for its repetitions: timers B, F, H, J, L, M. */
  readonly timeoutMs: number;
}

/** What may be chosen; the rest follows from it. */
export type TimingOptions = Partial<Omit<TransactionTimings, 'timeoutMs'>>;

const TIMER_D_FLOOR_MS = 32_000;

/**
 * The RFC's defaults with `options` over them. Timer D follows T1 upwards (it mirrors the peer's
 * timer H) but never goes under 32 s unless it is given. Ranges are the caller's to check.
 */
export function transactionTimings(options: TimingOptions = {}): TransactionTimings {
  const t1Ms = options.t1Ms ?? 500;
  const timeoutMs = 64 * t1Ms;
  return Object.freeze({
    t1Ms,
    t2Ms: options.t2Ms ?? 4_000,
    t4Ms: options.t4Ms ?? 5_000,
    // §16.6 step 11 asks for more than three minutes.
    timerCMs: options.timerCMs ?? 181_000,
    timerDMs: options.timerDMs ?? Math.max(TIMER_D_FLOOR_MS, timeoutMs),
    timeoutMs,
  });
}

/** The values of RFC 3261, Table 4. */
export const RFC_TIMINGS: TransactionTimings = transactionTimings();
