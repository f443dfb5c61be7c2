/** Headers of an answer as Node gives them: lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Waiting time when X names no usable reset. */
const DEFAULT_WAIT_MS = 60_000;
/** The longest window is 24 h: a reset further away is nonsense and would park a job for ever. */
const LONGEST_WAIT_MS = 24 * 3_600_000 + 300_000;

const DAY_BUCKETS = ['x-user-limit-24hour', 'x-app-limit-24hour'];

function numberIn(headers: AnswerHeaders, name: string): number | undefined {
  const text = headers[name];
  return typeof text === 'string' && /^[0-9]{1,13}$/.test(text) ? Number(text) : undefined;
}

/**
 * When a call that got 429 may be tried again, in milliseconds since the epoch. X has three buckets
 * for a call, and the plain headers speak of the 15-minute one only: a 429 with
 * `x-rate-limit-remaining` above 0 comes from a 24-hour bucket, whose own reset counts.
 */
export function retryAtMsOf(headers: AnswerHeaders, nowMs: number): number {
  const remaining = numberIn(headers, 'x-rate-limit-remaining');
  const exhausted = DAY_BUCKETS.filter((bucket) => numberIn(headers, `${bucket}-remaining`) === 0);
  if (remaining === 0) exhausted.push('x-rate-limit');
  // 429 although something is left everywhere: a count lags behind, and which one it is nobody says.
  if (exhausted.length === 0) exhausted.push(...(remaining === undefined ? ['x-rate-limit'] : DAY_BUCKETS));

  const resets = exhausted.map((bucket) => numberIn(headers, `${bucket}-reset`)).filter((reset) => reset !== undefined);
  if (resets.length === 0) return nowMs + DEFAULT_WAIT_MS;
  const resetMs = Math.max(...resets) * 1000;
  // A reset in the past (two clocks differ) must not become a loop without a pause.
  return Math.min(Math.max(resetMs, nowMs + 1000), nowMs + LONGEST_WAIT_MS);
}
