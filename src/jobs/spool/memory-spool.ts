import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import { isQueueName } from '../queue.ts';
import { Refusal } from './refusal.ts';
import { eventId, MAX_RECORD_BYTES, type EventSpool, type SpoolRecord } from './spool.ts';
import { Tally } from './tally.ts';

/** A spool without a folder, for benchmarks: what waits in it is lost with the process. */
export class MemorySpool implements EventSpool {
  readonly #clock: Clock;
  readonly #refusal: Refusal;
  readonly #maxRecords: number;
  readonly #tally = new Tally();
  #records: SpoolRecord[] = [];
  #closed = false;
  #listener: () => void = () => {};

  constructor(options: { clock: Clock; logger: Logger; counters: Counters; maxRecords?: number }) {
    this.#clock = options.clock;
    this.#refusal = new Refusal(
      options.clock,
      options.logger,
      options.counters.define('jobs.spool.refused', 'Events that the spool did not take'),
    );
    this.#maxRecords = options.maxRecords ?? 100_000;
  }

  append(queue: string, key: string, value: string): boolean {
    if (this.#closed) return this.#refusal.refuse(queue, 'the spool is closed');
    if (!isQueueName(queue)) return this.#refusal.refuse(queue, 'not the name of a queue');
    if (queue.length + key.length + value.length > MAX_RECORD_BYTES) return this.#refusal.refuse(queue, 'too long');
    if (this.#records.length >= this.#maxRecords) return this.#refusal.refuse(queue, 'the spool is full');
    this.#records.push({ queue, id: eventId(queue, key), value, atMs: this.#clock.now() });
    this.#tally.add(queue);
    if (this.#records.length === 1) this.#listener();
    return true;
  }

  next(limit: number): Promise<readonly SpoolRecord[]> {
    return Promise.resolve(this.#records.slice(0, limit));
  }

  acknowledge(count: number): Promise<void> {
    for (const record of this.#records.splice(0, count)) this.#tally.remove(record.queue);
    return Promise.resolve();
  }

  pending(queue?: string): number {
    return this.#tally.count(queue);
  }

  onReady(listener: () => void): void {
    this.#listener = listener;
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
