import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeALaw, decodeMuLaw } from '../../src/media/g711.ts';
import { MAX_SAMPLES, readWav } from '../../src/media/wav.ts';
import { PLAIN, chunk, formatChunk, pcm, riff, wav } from './wav-file.ts';

const SAMPLES = [0, 1000, -1000, 32_767, -32_768];

function samplesOf(bytes: Uint8Array): readonly number[] {
  const read = readWav(bytes);
  assert.ok(read instanceof Int16Array, JSON.stringify(read));
  return [...read];
}

function problemOf(bytes: Uint8Array): string {
  const read = readWav(bytes);
  assert.ok('problem' in read);
  return read.problem;
}

describe('what is read', () => {
  test('16-bit PCM, mu-law and A-law', () => {
    const data = Uint8Array.from([0x00, 0x80, 0xff, 0xd5, 0x2a]);
    assert.deepEqual(samplesOf(wav()), SAMPLES);
    assert.deepEqual(samplesOf(wav({ tag: 7, bits: 8, data })), [...data].map((code) => decodeMuLaw(code)));
    assert.deepEqual(samplesOf(wav({ tag: 6, bits: 8, data })), [...data].map((code) => decodeALaw(code)));
  });

  test('chunks in any order, unknown ones and those of odd length among them', () => {
    const list = chunk('LIST', Buffer.from('odd'));
    assert.deepEqual(samplesOf(riff(list, chunk('data', PLAIN.data), list, formatChunk(PLAIN), list)), SAMPLES);
  });

  test('the extensible form, whose real encoding stands in its GUID', () => {
    const extra = Buffer.alloc(24);
    extra.writeUInt16LE(22, 0);
    extra.writeUInt16LE(1, 8);
    assert.deepEqual(samplesOf(riff(formatChunk({ ...PLAIN, tag: 0xfffe }, extra), chunk('data', PLAIN.data))), SAMPLES);
  });

  test('a file whose recorder was killed: the chunk says it is longer than the file, what is there is played', () => {
    const whole = wav();
    whole.writeUInt32LE(0xffff_ffff, whole.length - PLAIN.data.length - 4);
    assert.deepEqual(samplesOf(whole.subarray(0, -2)), SAMPLES.slice(0, 4));
  });

  test('bytes that do not begin at the start of their memory', () => {
    assert.deepEqual(samplesOf(Buffer.concat([Buffer.alloc(3), wav()]).subarray(3)), SAMPLES);
  });
});

describe('what is refused, with what was found and what was expected', () => {
  const EXPECTED = 'expected 8000 Hz, mono, 16-bit PCM, mu-law or A-law';
  for (const [what, changes, found] of [
    ['music', { rate: 44_100, channels: 2 }, '44100 Hz, stereo, 16-bit PCM'],
    ['wide speech', { rate: 16_000 }, '16000 Hz, mono, 16-bit PCM'],
    ['8-bit PCM', { bits: 8 }, '8000 Hz, mono, 8-bit PCM'],
    ['floating point', { tag: 3, bits: 32 }, '8000 Hz, mono, 32-bit floating-point PCM'],
    ['six channels', { channels: 6 }, '8000 Hz, 6 channels, 16-bit PCM'],
    ['GSM', { tag: 0x31, bits: 0 }, '8000 Hz, mono, 0-bit encoding 49'],
  ] as const) {
    test(what, () => assert.equal(problemOf(wav(changes)), `it is ${found}; ${EXPECTED}`));
  }

  test('no WAV at all, none with a format, none with sound, none that is empty, none that never ends', () => {
    assert.equal(problemOf(Buffer.from('ID3 this is an MP3')), `it is no WAV file; ${EXPECTED}`);
    assert.equal(problemOf(new Uint8Array()), `it is no WAV file; ${EXPECTED}`);
    assert.equal(problemOf(riff(chunk('data', PLAIN.data))), 'it has no chunk that tells its format');
    assert.equal(problemOf(riff(chunk('fmt ', Buffer.alloc(4)), chunk('data', PLAIN.data))), 'it has no chunk that tells its format');
    assert.equal(problemOf(riff(formatChunk(PLAIN))), 'it has no chunk with sound');
    assert.equal(problemOf(wav({ data: pcm([]) })), 'it has no sound in it');
    assert.equal(problemOf(wav({ data: Buffer.alloc(2 * MAX_SAMPLES + 2) })), 'it is longer than 300 seconds');
  });
});

describe('hostile files', () => {
  test('any bytes are a sound or a problem, never an exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const read = readWav(bytes);
      assert.ok(read instanceof Int16Array || read.problem !== '');
    }));
  });

  test('nor does a good file with any bytes changed or cut off make one', () => {
    const place = fc.record({ at: fc.nat({ max: 60 }), byte: fc.nat({ max: 255 }) });
    fc.assert(fc.property(fc.array(place, { maxLength: 8 }), fc.nat({ max: 60 }), (changes, length) => {
      const bytes = Uint8Array.from(wav());
      for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
      const read = readWav(bytes.subarray(0, length));
      assert.ok(read instanceof Int16Array || read.problem !== '');
    }));
  });
});
