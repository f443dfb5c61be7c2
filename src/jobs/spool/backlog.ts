import type { FramedRecord } from './frame.ts';
import { scanSegment } from './frame.ts';
import type { Position, SpoolFolder } from './folder.ts';
import type { SpoolRecord } from './spool.ts';

interface Placed {
  readonly record: SpoolRecord;
  readonly bytes: number;
  /** Where the next record starts. */
  readonly next: Position;
}

/** Told of damage that is met when records are read back: a range of bytes of a segment, or missing records. */
export interface DamageReport {
  damaged(segment: number, start: number, end: number): void;
  lost(count: number): void;
}

/**
 * The records that are on disk and not acknowledged. The oldest stand in memory too, up to a limit;
 * when more wait than that, the rest is read back from the segments as room becomes free.
 */
export class Backlog {
  readonly #folder: SpoolFolder;
  readonly #limit: number;
  readonly #report: DamageReport;
  #window: Placed[] = [];
  #windowBytes = 0;
  /** Records behind the window that are on disk only, and where the first of them starts. */
  #beyond = 0;
  #beyondBytes = 0;
  #cursor: Position = { segment: 0, offset: 0 };
  #refilling: Promise<void> | undefined;

  constructor(folder: SpoolFolder, limit: number, report: DamageReport) {
    this.#folder = folder;
    this.#limit = limit;
    this.#report = report;
  }

  get size(): number {
    return this.#window.length + this.#beyond;
  }

  get bytes(): number {
    return this.#windowBytes + this.#beyondBytes;
  }

  /** Notes a record that is on disk now, behind all others. */
  add(segment: number, framed: FramedRecord): void {
    if (this.#beyond === 0 && this.#window.length < this.#limit) {
      this.#remember(segment, framed);
      return;
    }
    if (this.#beyond === 0) this.#cursor = { segment, offset: framed.start };
    this.#beyond += 1;
    this.#beyondBytes += framed.end - framed.start;
  }

  /** The oldest records; the same ones again until they are acknowledged. */
  async next(limit: number): Promise<readonly SpoolRecord[]> {
    while (this.#window.length === 0 && this.#beyond > 0) {
      this.#refilling ??= this.#refill().finally(() => (this.#refilling = undefined));
      await this.#refilling;
    }
    return this.#window.slice(0, limit).map((placed) => placed.record);
  }

  /** Forgets the oldest records and gives them back, with the place up to which all is acknowledged now. */
  acknowledge(count: number): { records: readonly SpoolRecord[]; position: Position | undefined } {
    const done = this.#window.splice(0, count);
    for (const placed of done) this.#windowBytes -= placed.bytes;
    return { records: done.map((placed) => placed.record), position: done.at(-1)?.next };
  }

  #remember(segment: number, { record, start, end }: FramedRecord): void {
    this.#window.push({ record, bytes: end - start, next: { segment, offset: end } });
    this.#windowBytes += end - start;
  }

  async #refill(): Promise<void> {
    // More may be added while this reads; they stand behind the ones that are counted here.
    const known = this.#beyond;
    const wanted = Math.min(this.#limit, known);
    let found = 0;
    while (found < wanted) {
      found += await this.#readOn(wanted - found);
      if (found === wanted) break;
      const next = (await this.#folder.segments()).find((number) => number > this.#cursor.segment);
      if (next === undefined) {
        this.#report.lost(known - found);
        found = known;
      } else {
        this.#cursor = { segment: next, offset: 0 };
      }
    }
    this.#beyond -= found;
    if (this.#beyond === 0) this.#beyondBytes = 0;
  }

  async #readOn(limit: number): Promise<number> {
    const { segment, offset } = this.#cursor;
    const scanned = scanSegment(await this.#folder.read(segment), offset, limit);
    for (const range of scanned.damaged) this.#report.damaged(segment, range.start, range.end);
    for (const framed of scanned.records) {
      this.#remember(segment, framed);
      this.#beyondBytes -= framed.end - framed.start;
    }
    this.#cursor = { segment, offset: scanned.end };
    return scanned.records.length;
  }
}
