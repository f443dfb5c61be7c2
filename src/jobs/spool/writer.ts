import type { FileHandle } from 'node:fs/promises';
import type { SpoolFolder } from './folder.ts';

/**
 * Writes groups of frames, each with one write and one flush to the disk. Never appends to a
 * segment of an earlier run or behind a failed write: what is at the end of such a file is unknown.
 */
export class SegmentWriter {
  readonly #folder: SpoolFolder;
  readonly #segmentBytes: number;
  #handle: FileHandle | undefined;
  #segment: number;
  #bytes = 0;

  /** @param lastSegment the highest number that was ever used */
  constructor(folder: SpoolFolder, segmentBytes: number, lastSegment: number) {
    this.#folder = folder;
    this.#segmentBytes = segmentBytes;
    this.#segment = lastSegment;
  }

  /** Number of the segment that was written to last; it is not to be deleted. */
  get segment(): number {
    return this.#segment;
  }

  /**
   * Where the first of these frames stands, once all of them are on disk.
   *
   * @throws when the disk refuses; the same frames may be given again
   */
  async write(frames: readonly Buffer[]): Promise<{ segment: number; offset: number }> {
    if (this.#handle === undefined || this.#bytes >= this.#segmentBytes) await this.#turn();
    const handle = this.#handle!;
    const offset = this.#bytes;
    const group = Buffer.concat(frames);
    try {
      await writeAll(handle, group);
      await handle.datasync();
    } catch (thrown) {
      await this.#abandon(offset);
      throw thrown;
    }
    this.#bytes += group.length;
    return { segment: this.#segment, offset };
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #turn(): Promise<void> {
    await this.close();
    this.#segment += 1;
    this.#bytes = 0;
    this.#handle = await this.#folder.create(this.#segment);
  }

  /** After a failed flush the kernel may have dropped the data and forgotten so: nothing more goes into that file. */
  async #abandon(goodBytes: number): Promise<void> {
    const handle = this.#handle!;
    this.#handle = undefined;
    // Best effort on a disk that just failed; a rest that stays is a torn tail or a replay of known ids.
    await handle.truncate(goodBytes).catch(() => undefined);
    await handle.close().catch(() => undefined);
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}
