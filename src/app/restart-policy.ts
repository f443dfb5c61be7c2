export interface RestartLimits {
  /** Rest before the first restart; it doubles with each further death. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Deaths within `windowMs` after which a restart is not tried any more. */
  readonly maxDeaths: number;
  readonly windowMs: number;
}

export const RESTART_LIMITS: RestartLimits = Object.freeze({
  firstDelayMs: 200,
  maxDelayMs: 5_000,
  maxDeaths: 6,
  windowMs: 60_000,
});

/**
 * When a process that died by itself is started again. One that keeps dying has a cause that a
 * restart does not cure: it is given up, so that whoever runs the service gets to know.
 */
export class RestartPolicy {
  readonly #limits: RestartLimits;
  #deathsMs: number[] = [];

  constructor(limits: RestartLimits) {
    this.#limits = limits;
  }

  /** The rest before the restart, for a process that died at `nowMs`; `undefined` to give up. */
  died(nowMs: number): number | undefined {
    const { firstDelayMs, maxDelayMs, maxDeaths, windowMs } = this.#limits;
    this.#deathsMs = this.#deathsMs.filter((atMs) => nowMs - atMs < windowMs);
    this.#deathsMs.push(nowMs);
    const deaths = this.#deathsMs.length;
    return deaths >= maxDeaths ? undefined : Math.min(firstDelayMs * 2 ** (deaths - 1), maxDelayMs);
  }
}
