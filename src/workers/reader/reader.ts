import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import { randomHex } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import type { LeasesTable } from '../../db/tables/leases.ts';
import type { CommandIntake, Ours } from '../../intake/command-intake.ts';
import type { XReading } from '../../x/port.ts';
import type { WorkerPart } from '../worker-part.ts';
import { Drain, type Cursors, type ReadableList } from './drain.ts';
import { LeaseHolder } from './lease-holder.ts';
import { mentionList, messageList } from './lists.ts';
import { PollLoop } from './poll-loop.ts';
import type { PushFactory, PushStream } from './push.ts';
import { readerCounters, type ReaderCounters } from './reader-counters.ts';
import { READER_TIMINGS, type ReaderTimings } from './timings.ts';

/** Name of the lease that the one reader of a fleet holds. */
export const READER_LEASE = 'x-reader';

/** X shows the last 800 mentions: eight pages, and a poll may be given short ones. */
const MENTION_PAGES = 10;
/** X allows 15 calls in 15 minutes, and the look for a message of unknown fate needs some of them too. */
const MESSAGE_PAGES = 4;

export interface ReaderOptions {
  /** An `XClient`. */
  readonly x: XReading;
  readonly intake: CommandIntake;
  /** A `LeasesTable`. */
  readonly leases: Pick<LeasesTable, 'acquire' | 'release'>;
  /** A `CursorsTable`. */
  readonly cursors: Cursors;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** `x.pollMs` */
  readonly pollMs: number;
  /** `x.messagePollMs` */
  readonly messagePollMs: number;
  /** `x.maxAgeMs` */
  readonly maxAgeMs: number;
  /** `x.overlapMs` */
  readonly overlapMs: number;
  /** `worker.stopMs`: how long `stop` waits for a poll that runs. */
  readonly stopMs: number;
  /** For speed: `x.push`. Without it there are the polls alone. */
  readonly push?: PushFactory;
  /** What differs from `READER_TIMINGS`. */
  readonly timings?: Partial<ReaderTimings>;
}

/**
 * Reads what people write to us on X. Every worker of a fleet runs one, and the one that holds the lease
 * reads; the others take over when it is gone. Two that read for a moment do no harm: rows are
 * entered once and cursors move forward only.
 */
export class Reader implements WorkerPart {
  readonly #options: ReaderOptions;
  readonly #timings: ReaderTimings;
  readonly #counters: ReaderCounters;
  readonly #lease: LeaseHolder;
  #term: Term | undefined;
  #ended: Promise<void> = Promise.resolve();
  #stopping = false;

  constructor(options: ReaderOptions) {
    const { leases, clock, logger } = options;
    this.#options = options;
    this.#timings = { ...READER_TIMINGS, ...options.timings };
    this.#counters = readerCounters(options.counters);
    this.#lease = new LeaseHolder({
      leases,
      name: READER_LEASE,
      holder: randomHex(12),
      ttlMs: this.#timings.leaseMs,
      clock,
      logger,
      onGained: () => this.#begin(),
      onLost: () => this.#end(),
    });
  }

  /** Whether this process is the one that reads. */
  get isReading(): boolean {
    return this.#lease.isHeld;
  }

  start(): void {
    this.#lease.start();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#within(this.#lease.stop().then(() => this.#ended));
  }

  #begin(): void {
    this.#counters.gained.value += 1;
    this.#options.logger.info('This process reads X');
    this.#term = new Term(this.#options, this.#timings, this.#counters, () => this.#lease.isHeld);
    this.#term.start();
  }

  #end(): void {
    if (!this.#stopping) this.#counters.lost.value += 1;
    const term = this.#term;
    this.#term = undefined;
    if (term !== undefined) this.#ended = term.stop();
  }

  /** Resolves when the work is done, or `stopMs` are over: a poll waits for X, a lease for the database. */
  #within(work: Promise<void>): Promise<void> {
    const { clock, stopMs } = this.#options;
    return new Promise((resolve) => {
      const deadline = new Timer({ onTimer: () => resolve() });
      clock.arm(deadline, stopMs);
      void work.finally(() => {
        clock.disarm(deadline);
        resolve();
      });
    });
  }
}

/** The time from getting the lease to losing it: fresh loops, so that nothing of an earlier time goes on. */
class Term {
  readonly #options: ReaderOptions;
  readonly #loops: readonly PollLoop[];
  #us: Promise<Ours> | undefined;
  #push: PushStream | undefined;
  #over = false;

  constructor(options: ReaderOptions, timings: ReaderTimings, counters: ReaderCounters, isHeld: () => boolean) {
    this.#options = options;
    const { x, intake, cursors, clock, logger, overlapMs, maxAgeMs } = options;
    const parts = { x, intake, us: () => this.#ourselves() };
    const loop = <Item>(list: ReadableList<Item>, intervalMs: number, maxPages: number) => {
      const drain = new Drain(list, { cursors, overlapMs, firstReachMs: maxAgeMs, maxPages, now: () => clock.now() });
      const poll = (isWanted: () => boolean) => drain.poll(() => isWanted() && isHeld());
      return new PollLoop({ name: list.name, intervalMs, poll, timings, clock, logger, counters });
    };
    this.#loops = [
      loop(mentionList(parts), options.pollMs, MENTION_PAGES),
      loop(messageList(parts), options.messagePollMs, MESSAGE_PAGES),
    ];
  }

  start(): void {
    for (const loop of this.#loops) loop.start();
  }

  async stop(): Promise<void> {
    this.#over = true;
    await Promise.all([this.#push?.stop(), ...this.#loops.map((loop) => loop.stop())]);
  }

  /** Who we are; the stream begins with the first answer, because its rule names us. */
  #ourselves(): Promise<Ours> {
    this.#us ??= this.#options.x.me().then(
      (us) => {
        this.#startPush(us);
        return us;
      },
      (thrown: unknown) => {
        this.#us = undefined;
        throw thrown;
      },
    );
    return this.#us;
  }

  #startPush(us: Ours): void {
    if (this.#over || this.#options.push === undefined) return;
    this.#push = this.#options.push(us);
    this.#push.start();
  }
}
