import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, scanSegment } from '../../../src/jobs/spool/frame.ts';
import type { SpoolRecord } from '../../../src/jobs/spool/spool.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const record: fc.Arbitrary<SpoolRecord> = fc.record({ queue: text, id: text, value: text, atMs: fc.nat() }, { noNullPrototype: true });

function plain(id: string, value = `value of ${id}`): SpoolRecord {
  return { queue: 'q', id, value, atMs: 1 };
}

function ids(bytes: Buffer): string[] {
  return scanSegment(bytes, 0).records.map((framed) => framed.record.id);
}

test('what is written is read back, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), (records) => {
      const bytes = Buffer.concat(records.map(encodeFrame));
      const scanned = scanSegment(bytes, 0);
      assert.deepEqual(scanned.records.map((framed) => framed.record), records);
      assert.deepEqual([scanned.damaged, scanned.end], [[], bytes.length]);
    }),
  );
});

test('no changed bit of a record goes unnoticed', () => {
  const frame = encodeFrame(plain('a'));
  for (let bit = 0; bit < frame.length * 8; bit += 1) {
    const changed = Buffer.from(frame);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(decodeFrame(changed, 0), undefined, `bit ${bit}`);
  }
});

test('a torn tail of any length is left out, and what stands before it is kept', () => {
  const whole = encodeFrame(plain('a'));
  const torn = encodeFrame(plain('b'));
  for (let bytes = 0; bytes < torn.length; bytes += 1) {
    const scanned = scanSegment(Buffer.concat([whole, torn.subarray(0, bytes)]), 0);
    assert.deepEqual([scanned.records.length, scanned.damaged, scanned.end], [1, [], whole.length]);
  }
});

test('a record with a damaged body, length or mark costs only itself, and its place is told', () => {
  const frames = ['a', 'b', 'c'].map((id) => encodeFrame(plain(id)));
  const start = frames[0]!.length;
  for (const offset of [0, 4, 8, 20]) {
    const bytes = Buffer.concat(frames);
    bytes[start + offset]! ^= 0xff;
    assert.deepEqual(ids(bytes), ['a', 'c'], `offset ${offset}`);
    assert.deepEqual(scanSegment(bytes, 0).damaged, [{ start, end: start + frames[1]!.length }]);
  }
});

test('a frame inside a value is not a record', () => {
  const inner = encodeFrame(plain('inner')).toString('latin1');
  assert.deepEqual(ids(encodeFrame(plain('outer', inner))), ['outer']);
});

test('a record is read from any place where one starts, up to the limit', () => {
  const frames = ['a', 'b', 'c'].map((id) => encodeFrame(plain(id)));
  const scanned = scanSegment(Buffer.concat(frames), frames[0]!.length, 1);
  assert.deepEqual(scanned.records.map((framed) => framed.record.id), ['b']);
  assert.equal(scanned.end, frames[0]!.length + frames[1]!.length);
});
