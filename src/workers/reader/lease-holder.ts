import type { Clock } from '../../base/clock.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import type { LeasesTable } from '../../db/tables/leases.ts';

/** The lease is renewed this many times in its life, so that one lost answer does not lose it. */
const RENEWALS = 3;

export interface LeaseHolderOptions {
  /** A `LeasesTable`. */
  readonly leases: Pick<LeasesTable, 'acquire' | 'release'>;
  readonly name: string;
  /** Different for every process that ever runs. */
  readonly holder: string;
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onGained: () => void;
  readonly onLost: () => void;
}

/**
 * Tries to get a lease and to keep it. It counts its life from before it asked, by the monotonic
 * clock, so that it believes itself the holder for a shorter time than the database does: without an
 * answer it is over here first, and over there later.
 *
 *     waiting ──gained──► holding ──lost (another has it, or no answer for ttlMs)──► waiting
 */
export class LeaseHolder {
  readonly #options: LeaseHolderOptions;
  readonly #renewal = new Timer({ onTimer: () => void this.#ask() });
  readonly #expiry = new Timer({ onTimer: () => this.#lose('it could not be renewed in time') });
  #holdsUntilMs = -1;
  #held = false;
  #asking: Promise<void> | undefined;
  #closed = false;

  constructor(options: LeaseHolderOptions) {
    this.#options = options;
  }

  /** Also right when a timer is late because the machine slept. */
  get isHeld(): boolean {
    return this.#held && this.#options.clock.monotonicMs() < this.#holdsUntilMs;
  }

  start(): void {
    void this.#ask();
  }

  /** Lets go at once, and gives the lease back so that the next one need not wait for its end. */
  async stop(): Promise<void> {
    const { clock, leases, name, holder, logger } = this.#options;
    this.#closed = true;
    clock.disarm(this.#renewal);
    const held = this.#held;
    this.#lose('this process stops');
    await this.#asking;
    if (!held) return;
    await leases.release(name, holder).catch((thrown: unknown) => {
      logger.debug('The lease was not given back: it ends by itself', { lease: name, reason: errorText(thrown) });
    });
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#acquire().finally(() => {
      this.#asking = undefined;
      if (!this.#closed) this.#options.clock.arm(this.#renewal, this.#options.ttlMs / RENEWALS);
    });
    return this.#asking;
  }

  async #acquire(): Promise<void> {
    const { leases, name, holder, ttlMs, clock, logger } = this.#options;
    const untilMs = clock.monotonicMs() + ttlMs;
    let isOurs: boolean;
    try {
      isOurs = await leases.acquire(name, holder, ttlMs);
    } catch (thrown) {
      logger.debug('The lease cannot be asked for', { lease: name, reason: errorText(thrown) });
      return;
    }
    if (!isOurs) return this.#lose('another process has it');
    if (this.#closed) {
      await leases.release(name, holder).catch(() => undefined);
      return;
    }
    const leftMs = untilMs - clock.monotonicMs();
    if (leftMs <= 0) return;
    this.#holdsUntilMs = untilMs;
    clock.arm(this.#expiry, leftMs);
    if (this.#held) return;
    this.#held = true;
    this.#options.onGained();
  }

  #lose(reason: string): void {
    const { clock, logger, name, onLost } = this.#options;
    clock.disarm(this.#expiry);
    if (!this.#held) return;
    this.#held = false;
    logger.info('The lease is over here', { lease: name, reason });
    onLost();
  }
}
