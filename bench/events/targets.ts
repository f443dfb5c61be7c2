/** What the way from a missed call to its direct message has to keep. Change them here and nowhere else. */
export const TARGETS = {
  /** From the CANCEL to the request for the direct message, nothing else going on, in milliseconds. */
  restP50Ms: 10,
  restP99Ms: 50,
  /** Missed calls a second that are delivered as fast as they come. */
  missedPerSecond: 500,
  /** Answered calls a second that go on beside them. */
  callsPerSecond: 500,
  /** Messages that never came, or came twice. */
  lost: 0,
  doubled: 0,
  /** Answered calls that fail beside missed calls, on top of those that fail without. */
  addedFailures: 0,
  /** What "sustained" means: the last message is there so soon after the last CANCEL, in milliseconds. */
  drainMs: 2000,
} as const;
