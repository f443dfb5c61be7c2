import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, truncate, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** A place in the spool: segment files are numbered upwards, each is read from offset 0. */
export interface Position {
  readonly segment: number;
  readonly offset: number;
}

const SEGMENT = /^(\d{12})\.spool$/;
const POSITION_FILE = 'acknowledged';
const POSITION_BYTES = 16;

/**
 * The files of a spool: numbered segments, and one small file that says up to where the queue has
 * everything. That file is written in place and not flushed: an old or damaged one costs no event,
 * only a replay of some that the queue already has and knows by their ids.
 */
export class SpoolFolder {
  readonly #path: string;
  readonly #position: FileHandle;

  private constructor(path: string, position: FileHandle) {
    this.#path = path;
    this.#position = position;
  }

  static async open(path: string): Promise<SpoolFolder> {
    // The spool holds names, numbers and message texts.
    await mkdir(path, { recursive: true, mode: 0o700 });
    const position = await open(join(path, POSITION_FILE), constants.O_RDWR | constants.O_CREAT, 0o600);
    return new SpoolFolder(path, position);
  }

  pathOf(segment: number): string {
    return join(this.#path, `${String(segment).padStart(12, '0')}.spool`);
  }

  /** Numbers of the segments there are, upwards. */
  async segments(): Promise<number[]> {
    const names = await readdir(this.#path);
    const numbers = names.flatMap((name) => SEGMENT.exec(name)?.[1] ?? []).map(Number);
    return numbers.sort((a, b) => a - b);
  }

  /** A new, empty segment. @throws when there is one of that number */
  async create(segment: number): Promise<FileHandle> {
    const handle = await open(this.pathOf(segment), 'ax', 0o600);
    try {
      await this.#flushNames();
    } catch (thrown) {
      await handle.close();
      throw thrown;
    }
    return handle;
  }

  /** All bytes of a segment; none when somebody removed it. */
  async read(segment: number): Promise<Buffer> {
    try {
      return await readFile(this.pathOf(segment));
    } catch (thrown) {
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return Buffer.alloc(0);
      throw thrown;
    }
  }

  cut(segment: number, bytes: number): Promise<void> {
    return truncate(this.pathOf(segment), bytes);
  }

  remove(segment: number): Promise<void> {
    return unlink(this.pathOf(segment));
  }

  async acknowledged(): Promise<Position | undefined> {
    const bytes = Buffer.alloc(POSITION_BYTES);
    const { bytesRead } = await this.#position.read(bytes, 0, POSITION_BYTES, 0);
    if (bytesRead < POSITION_BYTES || crc32(bytes.subarray(0, 12)) !== bytes.readUInt32BE(12)) return undefined;
    return { segment: bytes.readUIntBE(0, 6), offset: bytes.readUIntBE(6, 6) };
  }

  async acknowledge(position: Position): Promise<void> {
    const bytes = Buffer.alloc(POSITION_BYTES);
    bytes.writeUIntBE(position.segment, 0, 6);
    bytes.writeUIntBE(position.offset, 6, 6);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, 12)), 12);
    await this.#position.write(bytes, 0, POSITION_BYTES, 0);
  }

  async close(): Promise<void> {
    await this.#position.close();
  }

  /** A new file's name is on disk only when its folder is. Windows cannot open a folder and needs no such thing. */
  async #flushNames(): Promise<void> {
    if (process.platform === 'win32') return;
    const folder = await open(this.#path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
