import type { Clock } from '../../base/clock.ts';
import type { Counter, Counters } from '../../base/counters.ts';
import { AppError, errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { Timer } from '../../base/timer-wheel.ts';
import { isQueueName } from '../queue.ts';
import { Backlog } from './backlog.ts';
import { SpoolFolder } from './folder.ts';
import { encodeFrame, scanSegment } from './frame.ts';
import { FolderLock } from './lock.ts';
import { Refusal } from './refusal.ts';
import { DEFAULT_SPOOL_BYTES, eventId, MAX_RECORD_BYTES, type EventSpool, type SpoolRecord } from './spool.ts';
import { Tally } from './tally.ts';
import { SegmentWriter } from './writer.ts';

export interface FileSpoolOptions {
  /** Made when it is missing. One process at a time. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** Bytes that may wait for the queue; the folder takes up to two segments more. */
  readonly maxBytes?: number;
  /** Records that stand in memory besides the disk. */
  readonly maxInMemory?: number;
}

const SEGMENT_BYTES = 1024 * 1024;
const MAX_IN_MEMORY = 1000;
/** Bytes that may wait for a slow disk. */
const MAX_UNWRITTEN_BYTES = 8 * 1024 * 1024;
const WRITE_RETRY_MS = 1000;

interface Unwritten {
  readonly record: SpoolRecord;
  readonly frame: Buffer;
}

/**
 * The spool on disk. `append` puts the record in memory; everything appended in one turn of the
 * event loop, or while an earlier group is being flushed, is written and flushed as one group. The
 * consumer is given a group while it is being written: the disk and the queue work at the same time,
 * and an event is safe as soon as one of them has it.
 *
 * What a crash can cost: the records appended since the last flush began, some milliseconds, unless the
 * queue has them. A record on disk is kept until it is acknowledged. After a crash, records may be given
 * again that the queue has already; their ids are the same.
 */
export class FileSpool implements EventSpool {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #appended: Counter;
  readonly #damage: Counter;
  readonly #refusal: Refusal;
  readonly #maxBytes: number;
  readonly #maxInMemory: number;
  readonly #folder: SpoolFolder;
  readonly #lock: FolderLock;
  readonly #backlog: Backlog;
  readonly #tally = new Tally();
  readonly #retryTimer = new Timer(this);
  #writer: SegmentWriter;
  #unwritten: Unwritten[] = [];
  #unwrittenBytes = 0;
  #flushing: Promise<void> | undefined;
  /** The end, good or bad, of writing a group: the first of the unwritten records. */
  #writing: Promise<unknown> | undefined;
  #writeFailed = false;
  /** Segments below this number are gone. */
  #oldestSegment = 0;
  #listener: () => void = () => {};
  #closing: Promise<void> | undefined;

  private constructor(options: FileSpoolOptions, folder: SpoolFolder, lock: FolderLock) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#appended = options.counters.define('jobs.spool.appended', 'Events taken into the spool');
    this.#damage = options.counters.define('jobs.spool.damaged', 'Damaged places met when the spool was read');
    const refused = options.counters.define('jobs.spool.refused', 'Events that the spool did not take');
    this.#refusal = new Refusal(options.clock, options.logger, refused);
    this.#maxBytes = options.maxBytes ?? DEFAULT_SPOOL_BYTES;
    this.#folder = folder;
    this.#lock = lock;
    this.#maxInMemory = options.maxInMemory ?? MAX_IN_MEMORY;
    this.#backlog = new Backlog(folder, this.#maxInMemory, {
      damaged: (segment, start, end) => this.#reportDamage(segment, start, end),
      lost: (count) => this.#logger.error('Events of the spool cannot be read back', { lost: count }),
    });
    this.#writer = new SegmentWriter(folder, SEGMENT_BYTES, 0);
  }

  /**
   * Opens the folder and replays what an earlier run left in it.
   *
   * @throws AppError `jobs.spool` when the folder cannot be used, or another process uses it
   */
  static async open(options: FileSpoolOptions): Promise<FileSpool> {
    let folder: SpoolFolder | undefined;
    let lock: FolderLock | undefined;
    try {
      folder = await SpoolFolder.open(options.folder);
      lock = await FolderLock.take(options.folder);
      const spool = new FileSpool(options, folder, lock);
      await spool.#replay();
      return spool;
    } catch (thrown) {
      await folder?.close();
      await lock?.release();
      if (thrown instanceof AppError) throw thrown;
      throw new AppError('jobs.spool', `Cannot use the spool ${options.folder}: ${errorText(thrown)}`, { cause: thrown });
    }
  }

  append(queue: string, key: string, value: string): boolean {
    if (this.#closing !== undefined) return this.#refusal.refuse(queue, 'the spool is closed');
    if (!isQueueName(queue)) return this.#refusal.refuse(queue, 'not the name of a queue');
    if (queue.length + key.length + value.length > MAX_RECORD_BYTES) return this.#refusal.refuse(queue, 'too long');
    const record = { queue, id: eventId(queue, key), value, atMs: this.#clock.now() };
    const frame = encodeFrame(record);
    if (frame.length > MAX_RECORD_BYTES) return this.#refusal.refuse(queue, 'too long');
    if (this.#unwrittenBytes + this.#backlog.bytes + frame.length > this.#maxBytes) {
      return this.#refusal.refuse(queue, 'the spool is full');
    }
    if (this.#unwrittenBytes + frame.length > MAX_UNWRITTEN_BYTES) {
      return this.#refusal.refuse(queue, 'the disk is too slow or fails');
    }
    this.#unwritten.push({ record, frame });
    this.#unwrittenBytes += frame.length;
    this.#tally.add(queue);
    this.#appended.value += 1;
    // A disk that refuses does not keep the event from the queue.
    if (this.#retryTimer.armed) this.#listener();
    else this.#flushing ??= this.#flushSoon();
    return true;
  }

  async next(limit: number): Promise<readonly SpoolRecord[]> {
    while (this.#backlog.size > 0) {
      const written = await this.#backlog.next(limit);
      if (written.length > 0) return written;
    }
    // No more than the backlog keeps at hand: they are in it when they are acknowledged.
    return this.#unwritten.slice(0, Math.min(limit, this.#maxInMemory)).map(({ record }) => record);
  }

  async acknowledge(count: number): Promise<void> {
    while (this.#backlog.size < count && this.#writing !== undefined) await this.#writing;
    const { records, position } = this.#backlog.acknowledge(count);
    for (const record of records) this.#tally.remove(record.queue);
    this.#forgetUnwritten(count - records.length);
    if (position === undefined) return;
    try {
      await this.#folder.acknowledge(position);
      await this.#removeBelow(position.segment);
    } catch (thrown) {
      // Costs a replay of known ids and some space, no event; the next acknowledgement tries again.
      this.#logger.warn('Spool: the acknowledgement cannot be written', { reason: errorText(thrown) });
    }
  }

  pending(queue?: string): number {
    return queue === undefined ? this.#unwritten.length + this.#backlog.size : this.#tally.count(queue);
  }

  onReady(listener: () => void): void {
    this.#listener = listener;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A write failed a while ago: try again. */
  onTimer(): void {
    this.#flushing ??= this.#flushSoon();
  }

  async #close(): Promise<void> {
    this.#clock.disarm(this.#retryTimer);
    await this.#flushing;
    if (this.#unwritten.length > 0) await this.#flush();
    this.#clock.disarm(this.#retryTimer);
    if (this.#unwritten.length > 0) {
      this.#logger.error('Spool closed while the disk fails: events are lost', { lost: this.#unwritten.length });
    }
    await this.#writer.close();
    await this.#folder.close();
    await this.#lock.release();
  }

  /** Gathers what the rest of this turn of the event loop appends, so that a burst is one flush. */
  async #flushSoon(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await this.#flush();
  }

  async #flush(): Promise<void> {
    try {
      while (this.#unwritten.length > 0) {
        await this.#writeGroup();
        if (this.#writeFailed) this.#logger.info('Spool: the disk takes events again');
        this.#writeFailed = false;
      }
    } catch (thrown) {
      if (!this.#writeFailed) {
        this.#logger.error('Spool: the disk does not take events; they wait in memory', { reason: errorText(thrown) });
      }
      this.#writeFailed = true;
      this.#clock.arm(this.#retryTimer, WRITE_RETRY_MS);
    } finally {
      this.#flushing = undefined;
    }
  }

  async #writeGroup(): Promise<void> {
    let count = 0;
    for (let bytes = 0; count < this.#unwritten.length && bytes < SEGMENT_BYTES; count += 1) {
      bytes += this.#unwritten[count]!.frame.length;
    }
    const group = this.#unwritten.slice(0, count);
    const writing = this.#writer.write(group.map(({ frame }) => frame));
    this.#writing = writing.catch(() => undefined);
    this.#listener();
    try {
      const { segment, offset } = await writing;
      this.#unwritten.splice(0, count);
      let start = offset;
      for (const { record, frame } of group) {
        this.#backlog.add(segment, { record, start, end: start + frame.length });
        this.#unwrittenBytes -= frame.length;
        start += frame.length;
      }
    } finally {
      this.#writing = undefined;
    }
  }

  /** The queue has the oldest of them, and the disk was not asked to take them yet, or refuses. */
  #forgetUnwritten(count: number): void {
    for (const { record, frame } of this.#unwritten.splice(0, count)) {
      this.#unwrittenBytes -= frame.length;
      this.#tally.remove(record.queue);
    }
  }

  async #replay(): Promise<void> {
    const acknowledged = await this.#folder.acknowledged();
    const segments = await this.#folder.segments();
    const lastSegment = Math.max(acknowledged?.segment ?? 0, segments.at(-1) ?? 0);
    for (const segment of segments) {
      const bytes = await this.#folder.read(segment);
      const from = acknowledged === undefined || segment > acknowledged.segment ? 0 : acknowledged.offset;
      const done = acknowledged !== undefined && segment < acknowledged.segment;
      const scanned = done ? undefined : scanSegment(bytes, from);
      if (scanned === undefined || (scanned.records.length === 0 && scanned.end === bytes.length)) {
        await this.#folder.remove(segment);
        continue;
      }
      for (const range of scanned.damaged) this.#reportDamage(segment, range.start, range.end);
      if (scanned.end < bytes.length) await this.#cutTail(segment, scanned.end, bytes.length);
      for (const framed of scanned.records) {
        this.#backlog.add(segment, framed);
        this.#tally.add(framed.record.queue);
      }
    }
    this.#writer = new SegmentWriter(this.#folder, SEGMENT_BYTES, lastSegment);
    if (this.#backlog.size > 0) this.#logger.info('Spool: replaying events of an earlier run', { events: this.#backlog.size });
  }

  /** The last write before a crash did not get to its end, or the disk lost the end of a segment. */
  async #cutTail(segment: number, end: number, fileBytes: number): Promise<void> {
    this.#logger.warn('Spool: cut off an unfinished record', { segment, offset: end, bytes: fileBytes - end });
    await this.#folder.cut(segment, end);
  }

  #reportDamage(segment: number, start: number, end: number): void {
    this.#damage.value += 1;
    this.#logger.error('Spool: damaged record stepped over', { segment, offset: start, bytes: end - start });
  }

  async #removeBelow(segment: number): Promise<void> {
    if (segment <= this.#oldestSegment) return;
    for (const number of await this.#folder.segments()) {
      if (number < segment) await this.#folder.remove(number);
    }
    this.#oldestSegment = segment;
  }
}
