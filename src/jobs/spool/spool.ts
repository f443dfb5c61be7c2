import { randomHex } from '../../base/ids.ts';

/** An event on its way from the routing script to the queue. */
export interface SpoolRecord {
  readonly queue: string;
  /** The job id: see `eventId`. */
  readonly id: string;
  readonly value: string;
  /** When it was appended, in milliseconds since the epoch. */
  readonly atMs: number;
}

/**
 * The id of an event: made from queue and key, so that the script adding the same key twice, or
 * the same record being replayed after a crash, is one job. An event without a key is unlike any
 * other; its random id is stored with it, so that its replay is the same job too.
 */
export function eventId(queue: string, key: string): string {
  return key === '' ? `${queue}:~${randomHex(16)}` : `${queue}:${key}`;
}

/** Longest queue, key and value together, in bytes of UTF-8. */
export const MAX_RECORD_BYTES = 65_536;

/** How much may wait in a spool when nobody says otherwise. */
export const DEFAULT_SPOOL_BYTES = 256 * 1024 * 1024;

/**
 * Where events wait until the queue has them. First in, first out; one consumer, the pump.
 *
 * `append` is for the packet path: it returns at once and never throws. The consumer takes with
 * `next`, which gives the same records again until they are acknowledged.
 */
export interface EventSpool {
  /**
   * False when the event is not taken, which a script sees as -1: the spool is at its bound, the
   * event is longer than `MAX_RECORD_BYTES`, the queue's name is not one, or the spool is closed. Each
   * refusal is counted and, once a second, logged.
   */
  append(queue: string, key: string, value: string): boolean;
  /** Up to `limit` of the oldest records that are not acknowledged; empty when there are none. */
  next(limit: number): Promise<readonly SpoolRecord[]>;
  /** Forgets the `count` oldest records, which `next` has given. */
  acknowledge(count: number): Promise<void>;
  /** Records not yet acknowledged, of one queue or of all. */
  pending(queue?: string): number;
  /** Called whenever `next` has something new to give. One listener. */
  onReady(listener: () => void): void;
  /** Writes what was appended and releases the folder. `append` refuses from now on. */
  close(): Promise<void>;
}
