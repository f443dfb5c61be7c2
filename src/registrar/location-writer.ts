/**
 * Writes the changes of the location index to its store, behind the traffic: collected for a
 * moment, in batches, again after a failure. Of several changes to one binding only the newest is
 * kept, and one that came and went before it was written is not written at all, so that what waits
 * is bounded by the number of bindings however long the store is away.
 */
import type { Clock } from '../base/clock.ts';
import type { Counter, Counters } from '../base/counters.ts';
import { errorText } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { Timer } from '../base/timer-wheel.ts';
import { restoredBinding, storedPart, type Binding } from './binding.ts';
import type { LocationIndex } from './location-index.ts';
import type { LocationSink } from './location-sink.ts';
import type { LocationChange, LocationStore } from './location-store.ts';

export interface LocationWriterOptions {
  readonly store: LocationStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** How long changes are collected, in milliseconds: what a crash may forget. Default 500. */
  readonly flushMs?: number;
  /** Changes in one call of the store. Default 1000. */
  readonly batchSize?: number;
  /** How often rows of ended bindings are deleted, in milliseconds. Default 60,000. */
  readonly sweepMs?: number;
}

/** The wait after a failure doubles up to this. */
const LONGEST_WAIT_MS = 30_000;

const FLUSH = 0;
const SWEEP = 1;

interface Pending {
  /** The binding to put; undefined for a removal. */
  readonly binding: Binding | undefined;
  /** True while the store cannot have heard of the binding. */
  readonly unheardOf: boolean;
}

export class LocationWriter implements LocationSink {
  readonly #store: LocationStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #written: Counter;
  readonly #failures: Counter;
  readonly #flushMs: number;
  readonly #batchSize: number;
  readonly #sweepMs: number;
  readonly #pending = new Map<string, Pending>();
  readonly #flushTimer = new Timer(this, FLUSH);
  readonly #sweepTimer = new Timer(this, SWEEP);
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #sweeping: Promise<void> | undefined;
  #failedInARow = 0;
  #closed = false;

  constructor(options: LocationWriterOptions) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#written = options.counters.define('location.written', 'Changes of bindings written to the database');
    this.#failures = options.counters.define('location.write.failed', 'Attempts to write bindings that failed; they are repeated');
    this.#flushMs = options.flushMs ?? 500;
    this.#batchSize = options.batchSize ?? 1000;
    this.#sweepMs = options.sweepMs ?? 60_000;
  }

  /** Changes that are not in the store yet. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /**
   * Fills the index with what the store has and has not ended, at most `maxBindings`, and starts
   * the deletion of ended rows. Rejects when the store cannot be read.
   * @returns how many bindings are in the index now
   */
  async load(index: LocationIndex, maxBindings: number): Promise<number> {
    let leftOut = 0;
    for await (const batch of this.#store.loadAll()) {
      const nowMs = this.#clock.now();
      for (const stored of batch) {
        if (stored.expiresAtMs !== 0 && stored.expiresAtMs <= nowMs) continue;
        if (index.bindingCount < maxBindings) index.add(restoredBinding(stored, this.#clock));
        else leftOut += 1;
      }
    }
    if (leftOut > 0) this.#logger.warn('bindings in the database past limits.maxBindings are not used', { leftOut });
    this.#clock.arm(this.#sweepTimer, this.#sweepMs);
    return index.bindingCount;
  }

  put(binding: Binding, isNew: boolean): void {
    const before = this.#pending.get(binding.ruid);
    this.#pending.set(binding.ruid, { binding, unheardOf: before === undefined ? isNew : before.unheardOf });
    this.#armFlush(this.#flushMs);
  }

  remove(ruid: string): void {
    if (this.#pending.get(ruid)?.unheardOf === true) this.#pending.delete(ruid);
    else this.#pending.set(ruid, { binding: undefined, unheardOf: false });
    this.#armFlush(this.#flushMs);
  }

  forget(ruid: string): void {
    // What the store has of it may say a later end than the one that never got there.
    if (this.#pending.has(ruid)) this.remove(ruid);
  }

  /**
   * Resolves when all that was handed over before is in the store: what a registration waits for
   * that is written through. Callers who come while a batch is on its way share the next one.
   * Rejects with the store's error when that attempt failed; the changes stay and are tried again.
   */
  flush(): Promise<void> {
    if (this.#running === undefined) return this.#run();
    this.#next ??= this.#running.then(noop, noop).then(() => {
      this.#next = undefined;
      return this.#run();
    });
    return this.#next;
  }

  /** Stops the timers and writes what waits, with one attempt. What cannot be written is logged by number. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#clock.disarm(this.#flushTimer);
    this.#clock.disarm(this.#sweepTimer);
    await this.#sweeping;
    await this.flush().catch(() => {
      this.#logger.error('changes of bindings are lost, the database does not take them', { changes: this.#pending.size });
    });
  }

  onTimer(kind: number): void {
    if (kind === SWEEP) this.#sweeping = this.#sweep();
    // A failure is told by the run itself.
    else void this.flush().catch(noop);
  }

  #armFlush(delayMs: number): void {
    // While a run is on its way or rests after a failure its end arms the timer.
    if (this.#running === undefined && !this.#flushTimer.armed && !this.#closed) this.#clock.arm(this.#flushTimer, delayMs);
  }

  #run(): Promise<void> {
    this.#clock.disarm(this.#flushTimer);
    this.#running = this.#writePending().finally(() => {
      this.#running = undefined;
      if (this.#pending.size > 0) this.#armFlush(this.#waitMs());
    });
    return this.#running;
  }

  #waitMs(): number {
    return Math.min(this.#flushMs * 2 ** Math.min(this.#failedInARow, 16), Math.max(LONGEST_WAIT_MS, this.#flushMs));
  }

  /** What comes in meanwhile waits for the next run, or a busy node would never end this one. */
  async #writePending(): Promise<void> {
    for (let left = this.#pending.size; left > 0; ) {
      const batch = this.#takeBatch();
      if (batch.size === 0) return;
      left -= batch.size;
      try {
        await this.#store.applyBatch([...batch].map(toChange));
      } catch (thrown) {
        this.#giveBack(batch);
        this.#failedInARow += 1;
        this.#failures.value += 1;
        this.#logger.warn('bindings cannot be written to the database', {
          error: errorText(thrown),
          waiting: this.#pending.size,
          nextTryMs: this.#waitMs(),
        });
        throw thrown;
      }
      this.#failedInARow = 0;
      this.#written.value += batch.size;
    }
  }

  #takeBatch(): Map<string, Pending> {
    const batch = new Map<string, Pending>();
    for (const [ruid, pending] of this.#pending) {
      batch.set(ruid, pending);
      this.#pending.delete(ruid);
      if (batch.size === this.#batchSize) break;
    }
    return batch;
  }

  /** The failure may have been that of the answer only: from here on the store may know these bindings. */
  #giveBack(batch: ReadonlyMap<string, Pending>): void {
    for (const [ruid, { binding }] of batch) {
      if (!this.#pending.has(ruid)) this.#pending.set(ruid, { binding, unheardOf: false });
    }
  }

  async #sweep(): Promise<void> {
    try {
      await this.#store.deleteExpired(this.#clock.now());
    } catch (thrown) {
      this.#logger.warn('rows of ended bindings cannot be deleted', { error: errorText(thrown) });
    }
    if (!this.#closed) this.#clock.arm(this.#sweepTimer, this.#sweepMs);
  }
}

function toChange([ruid, { binding }]: readonly [string, Pending]): LocationChange {
  return binding === undefined ? { op: 'remove', ruid } : { op: 'put', binding: storedPart(binding) };
}

function noop(): void {}
