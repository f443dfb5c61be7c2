/**
 * What can be made to go wrong:
 * - `rate-limited`: 429, the 15-minute bucket is empty. `rate-limited-day`: 429, the 24-hour bucket of the user is.
 * - `server-error`: `status` (500 to 599, default 503) with X's error body.
 * - `usage-capped`: 429 because the posts of the month are used up.
 * - `payment-required`: 402. `unauthorized`: 401. `forbidden`: 403 with `detail`.
 * - `bad-gateway-html`: 502 with an HTML page.
 * - `slow`: it is done at once, and answered after `delayMs` (default 1000).
 * - `hang`: the request is read and never answered, nothing is done.
 * - `hang-after-accept`: it is done, and never answered.
 * - `drop`: the socket is destroyed, nothing is done.
 * - `drop-after-accept`: it is done, then the socket is destroyed.
 * - `cut-mid-json`: it is done, and half of the answer is sent.
 * - `accept-then-close`: 200 without a body, then the connection is closed; for the streams.
 */
export const FAULT_KINDS = [
  'rate-limited',
  'rate-limited-day',
  'usage-capped',
  'server-error',
  'payment-required',
  'unauthorized',
  'forbidden',
  'bad-gateway-html',
  'slow',
  'hang',
  'hang-after-accept',
  'drop',
  'drop-after-accept',
  'cut-mid-json',
  'accept-then-close',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** "The next `times` requests that match go wrong like this." A matcher that is left out matches all. */
export interface Fault {
  readonly kind: FaultKind;
  /** Default 1. */
  readonly times?: number;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Beginning of the path, `/2/dm_conversations`. */
  readonly path?: string;
  /** For `server-error`. */
  readonly status?: number;
  /** For `forbidden`. */
  readonly detail?: string;
  /** For `slow`. */
  readonly delayMs?: number;
}

/** Scripts that may wait at a time; one more is refused. */
const MAX_FAULTS = 100;

/** The faults that wait for their requests; the oldest that matches strikes first. */
export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];

  /** False when too many wait already. */
  add(fault: Fault): boolean {
    if (this.#waiting.length >= MAX_FAULTS) return false;
    this.#waiting.push({ fault, left: fault.times ?? 1 });
    return true;
  }

  /** The fault for this request, used up by one. */
  take(method: string, path: string): Fault | undefined {
    const index = this.#waiting.findIndex(
      ({ fault }) =>
        (fault.method === undefined || fault.method === method) && (fault.path === undefined || path.startsWith(fault.path)),
    );
    const entry = this.#waiting[index];
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#waiting.splice(index, 1);
    return entry.fault;
  }

  /** What still waits, with the requests that are left as `times`. */
  list(): Fault[] {
    return this.#waiting.map(({ fault, left }) => ({ ...fault, times: left }));
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}
