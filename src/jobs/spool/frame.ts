import { crc32 } from 'node:zlib';
import type { SpoolRecord } from './spool.ts';

/**
 * How a record stands in a segment file, numbers big-endian:
 *
 *     mark      4 bytes  "SPL1"
 *     length    u32      of the body
 *     checksum  u32      CRC-32 of length and body
 *     body      atMs f64 | queue length u16 | id length u32 | queue | id | value   (UTF-8)
 *
 * The mark is there to find the next record behind a damaged one; the checksum tells a real mark
 * from one inside a value.
 */
const MARK = Buffer.from('SPL1', 'latin1');
const HEAD_BYTES = 12;
const BODY_HEAD_BYTES = 14;

export function encodeFrame(record: SpoolRecord): Buffer {
  const queueBytes = Buffer.byteLength(record.queue);
  const idBytes = Buffer.byteLength(record.id);
  const bodyBytes = BODY_HEAD_BYTES + queueBytes + idBytes + Buffer.byteLength(record.value);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + bodyBytes);
  MARK.copy(frame);
  frame.writeUInt32BE(bodyBytes, 4);
  frame.writeDoubleBE(record.atMs, HEAD_BYTES);
  frame.writeUInt16BE(queueBytes, HEAD_BYTES + 8);
  frame.writeUInt32BE(idBytes, HEAD_BYTES + 10);
  let at = HEAD_BYTES + BODY_HEAD_BYTES;
  at += frame.write(record.queue, at);
  at += frame.write(record.id, at);
  frame.write(record.value, at);
  frame.writeUInt32BE(checksum(frame, 0, bodyBytes), 8);
  return frame;
}

function checksum(bytes: Buffer, frameAt: number, bodyBytes: number): number {
  const bodyAt = frameAt + HEAD_BYTES;
  return crc32(bytes.subarray(bodyAt, bodyAt + bodyBytes), crc32(bytes.subarray(frameAt + 4, frameAt + 8)));
}

/** A record and the range of bytes that it takes in its segment. */
export interface FramedRecord {
  readonly record: SpoolRecord;
  readonly start: number;
  readonly end: number;
}

/** The whole, undamaged record that starts exactly at `start`. */
export function decodeFrame(bytes: Buffer, start: number): FramedRecord | undefined {
  if (start + HEAD_BYTES > bytes.length || bytes.compare(MARK, 0, 4, start, start + 4) !== 0) return undefined;
  const bodyBytes = bytes.readUInt32BE(start + 4);
  const body = start + HEAD_BYTES;
  const end = body + bodyBytes;
  if (bodyBytes < BODY_HEAD_BYTES || end > bytes.length) return undefined;
  if (checksum(bytes, start, bodyBytes) !== bytes.readUInt32BE(start + 8)) return undefined;
  const queueAt = body + BODY_HEAD_BYTES;
  const idAt = queueAt + bytes.readUInt16BE(body + 8);
  const valueAt = idAt + bytes.readUInt32BE(body + 10);
  const record = {
    queue: bytes.toString('utf8', queueAt, idAt),
    id: bytes.toString('utf8', idAt, valueAt),
    value: bytes.toString('utf8', valueAt, end),
    atMs: bytes.readDoubleBE(body),
  };
  return { record, start, end };
}

/** What a segment holds from some offset on. */
export interface ScannedSegment {
  readonly records: readonly FramedRecord[];
  /** Ranges in front of a whole record that are none: damage. */
  readonly damaged: readonly { readonly start: number; readonly end: number }[];
  /** Where the last whole record ends; what follows is a torn tail. */
  readonly end: number;
}

/** Reads at most `limit` records from `from` on, stepping over what is damaged. */
export function scanSegment(bytes: Buffer, from: number, limit = Infinity): ScannedSegment {
  const records: FramedRecord[] = [];
  const damaged: { start: number; end: number }[] = [];
  let end = Math.min(from, bytes.length);
  while (records.length < limit) {
    const framed = decodeFrame(bytes, end) ?? findFrame(bytes, end + 1);
    if (framed === undefined) break;
    if (framed.start > end) damaged.push({ start: end, end: framed.start });
    records.push(framed);
    end = framed.end;
  }
  return { records, damaged, end };
}

function findFrame(bytes: Buffer, from: number): FramedRecord | undefined {
  for (let at = bytes.indexOf(MARK, from); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    const framed = decodeFrame(bytes, at);
    if (framed !== undefined) return framed;
  }
  return undefined;
}
