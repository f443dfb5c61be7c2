/**
 * Why a stream is not open:
 * - `closed`: it was, and ended: by X, by the network, by its silence.
 * - `network`: X was not reached.
 * - `http`: X answered something else than a stream.
 * - `rate-limited`: 429, too many connects or a connection too many.
 * - `operator`: no credits, no permission. It stays so until somebody acts.
 */
export type StreamTrouble = 'closed' | 'network' | 'http' | 'rate-limited' | 'operator';

/** X asks to reconnect at once after a stream ended. Not faster than this: it allows 50 connects in 15 minutes. */
const SHORTEST_MS = 1_000;
const OPERATOR_MS = 15 * 60_000;

/**
 * The wait after the nth trouble of its kind in a row, from 0, as X's documentation of the stream
 * wants it: TCP +250 ms to 16 s, HTTP 5 s doubling to 320 s, 429 from 60 s doubling. One that is
 * accepted and closed again and again is treated as HTTP from the second time on.
 */
const WAITS: Readonly<Record<StreamTrouble, (n: number) => number>> = {
  closed: (n) => (n === 0 ? 0 : Math.min(5_000 * 2 ** (n - 1), 320_000)),
  network: (n) => Math.min(250 * (n + 1), 16_000),
  http: (n) => Math.min(5_000 * 2 ** n, 320_000),
  'rate-limited': (n) => Math.min(60_000 * 2 ** n, 15 * 60_000),
  operator: () => OPERATOR_MS,
};

/** How long to wait before the next connect. Jitter only adds, so that no documented wait is undercut. */
export class StreamBackoff {
  readonly #random: () => number;
  readonly #inARow = new Map<StreamTrouble, number>();

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** @param atLeastMs  when X named a time: until then */
  next(trouble: StreamTrouble, atLeastMs = 0): number {
    const n = this.#inARow.get(trouble) ?? 0;
    this.#inARow.set(trouble, n + 1);
    const waitMs = Math.max(WAITS[trouble](n), SHORTEST_MS, atLeastMs);
    return Math.round(waitMs * (1 + 0.25 * this.#random()));
  }

  /** After a connection that was healthy for long enough. */
  reset(): void {
    this.#inARow.clear();
  }
}
