import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { StreamLines } from '../../src/x/stream-lines.ts';

const read = (chunks: readonly (string | Buffer)[], maxLength = 1000) => {
  const lines = new StreamLines(maxLength);
  return chunks.flatMap((chunk) => lines.push(Buffer.from(chunk as string)));
};

test('a line terminator that comes alone ends the line before it', () => {
  assert.deepEqual(read(['{"a":1}', '\r\n', '{"b":2}', '\r', '\n', '\r\n', '{"c":3}\r\n']), ['{"a":1}', '{"b":2}', '{"c":3}']);
});

test('heartbeats are no lines', () => {
  assert.deepEqual(read(['\r\n', '\r\n\r\n', '\n']), []);
});

test('wherever the bytes are cut, also inside a character, the lines are the same', () => {
  const LINE = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => JSON.stringify({ text }));
  fc.assert(
    fc.property(fc.array(LINE, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 30 }), (texts, cuts) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\r\n`).join('\r\n'));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
      assert.deepEqual(read(chunks), texts);
    }),
  );
});

test('a line that is too long is thrown away up to its end, however it is cut; the next one is read', () => {
  assert.deepEqual(read(['x'.repeat(6), 'x'.repeat(6), 'x\r\nshort\r\n'], 10), ['short']);
  assert.deepEqual(read([`${'x'.repeat(11)}\n${'y'.repeat(10)}\n`], 10), ['y'.repeat(10)]);
});
