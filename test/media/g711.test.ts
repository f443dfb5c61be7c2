import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { A_LAW_SILENCE, MU_LAW_SILENCE, decodeALaw, decodeMuLaw, encodeALaw, encodeMuLaw } from '../../src/media/g711.ts';

const LAWS = [
  { law: 'mu-law', encode: encodeMuLaw, decode: decodeMuLaw },
  { law: 'A-law', encode: encodeALaw, decode: decodeALaw },
] as const;

const sample = fc.integer({ min: -32_768, max: 32_767 });
const codes = Array.from({ length: 256 }, (_, code) => code);

/** 1000 Hz at a level of 0 dBm0, sampled 8000 times a second as in G.711 tables 5 and 6: at 22.5°, 67.5° and so on. */
function milliwatt(peak: number): number[] {
  return codes.slice(0, 8).map((index) => Math.round(-peak * Math.sin(((2 * index + 1) * Math.PI) / 8)));
}

test('the digital milliwatt of G.711 comes out as its published bytes', () => {
  // 3.17 and 3.14 dBm0 are the loudest sine of either law.
  const muPeak = (4 * 8159) / 10 ** (3.17 / 20);
  const aPeak = (8 * 4096) / 10 ** (3.14 / 20);
  assert.deepEqual(milliwatt(muPeak).map(encodeMuLaw), [0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e]);
  assert.deepEqual(milliwatt(aPeak).map(encodeALaw), [0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4]);
});

test('zero, the sample beside it and both ends have the bytes of G.711 tables 1 and 2', () => {
  assert.deepEqual([0, -1, 32_767, -32_768].map(encodeMuLaw), [0xff, 0x7f, 0x80, 0x00]);
  assert.deepEqual([0xff, 0x7f, 0x80, 0x00].map(decodeMuLaw), [0, 0, 32_124, -32_124]);
  assert.deepEqual([0, -1, 32_767, -32_768].map(encodeALaw), [0xd5, 0x55, 0xaa, 0x2a]);
  assert.deepEqual([0xd5, 0x55, 0xaa, 0x2a].map(decodeALaw), [8, -8, 32_256, -32_256]);
  assert.deepEqual([MU_LAW_SILENCE, A_LAW_SILENCE], [encodeMuLaw(0), encodeALaw(0)]);
});

for (const { law, encode, decode } of LAWS) {
  describe(law, () => {
    test('a byte that is decoded and encoded again is the same byte, but for the second zero', () => {
      assert.deepEqual(codes.filter((code) => encode(decode(code)) !== code), law === 'mu-law' ? [0x7f] : []);
    });

    test('a sample comes back within half a step of its segment', () => {
      fc.assert(fc.property(sample, (value) => {
        const error = Math.abs(decode(encode(value)) - value);
        // The widest step is 1024; the loudest samples of mu-law are clipped.
        assert.ok(error <= Math.max(8, Math.abs(value) / 16) + (law === 'mu-law' ? 132 : 0), `${value}: ${error}`);
      }));
    });

    test('a louder sample is never decoded as a softer one', () => {
      fc.assert(fc.property(sample, sample, (a, b) => {
        assert.ok((a - b) * (decode(encode(a)) - decode(encode(b))) >= 0);
      }));
    });
  });
}
