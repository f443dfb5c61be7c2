import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';

import { errorOf, opened } from '../library-stage.ts';

const { call } = opened();

describe('string.pack', () => {
  const cases: readonly (readonly [string, readonly (string | number)[], string])[] = [
    ['b', [-1], '\xff'],
    ['>I2 <I2', [258, 258], '\x01\x02\x02\x01'],
    ['>i4', [-2], '\xff\xff\xff\xfe'],
    ['>I16', [1], `${'\0'.repeat(15)}\x01`],
    ['s1 z', ['ab', 'c'], '\x02abc\0'],
    ['c4', ['ab'], 'ab\0\0'],
    ['>!4 b i4', [1, 2], '\x01\0\0\0\0\0\0\x02'],
    ['!4 b Xi4', [1], '\x01\0\0\0'],
    ['>d', [1], '\x3f\xf0\0\0\0\0\0\0'],
    ['>f', [0.5], '\x3f\0\0\0'],
    ['x b', [1], '\0\x01'],
  ];
  for (const [format, values, bytes] of cases) {
    test(`${format} of ${values.join(', ')}`, () => assert.deepEqual(call('string.pack', format, ...values), [bytes]));
  }

  test('unpack gives back what was packed, and where it ended', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 65535 }), fc.double({ noNaN: true }), fc.boolean(), (a, b, c, big) => {
        const format = `${big ? '>' : '<'}!8 i8 I2 d s2 z`;
        const [packed] = call('string.pack', format, a, b, c, 'text', 'end');
        assert.deepEqual(call('string.unpack', format, packed), [a, b, c, 'text', 'end', String(packed).length + 1]);
      }),
    );
  });

  test('packsize counts alignment', () => {
    assert.deepEqual(call('string.packsize', '!8 b i8 Xi4 i4'), [20]);
    assert.equal(errorOf(() => call('string.packsize', 's')), "bad argument #1 to 'packsize' (variable-length format)");
  });

  test('errors are those of 5.3', () => {
    for (const [name, args, text] of [
      ['pack', ['b', 200], "bad argument #2 to 'pack' (integer overflow)"],
      ['pack', ['B', 256], "bad argument #2 to 'pack' (unsigned overflow)"],
      ['pack', ['c2', 'abc'], "bad argument #2 to 'pack' (string longer than given size)"],
      ['pack', ['z', 'a\0'], "bad argument #2 to 'pack' (string contains zeros)"],
      ['pack', ['i17', 1], 'integral size (17) out of limits [1,16]'],
      ['pack', ['q', 1], "invalid format option 'q'"],
      ['pack', ['c', 'a'], "missing size for format option 'c'"],
      ['pack', ['c2000000', 'a'], 'resulting string too large'],
      ['packsize', ['!3i4'], "bad argument #1 to 'packsize' (format asks for alignment not power of 2)"],
      ['packsize', ['Xz'], "bad argument #1 to 'packsize' (invalid next option for option 'X')"],
      ['packsize', ['XXi4'], "bad argument #1 to 'packsize' (invalid next option for option 'X')"],
      ['packsize', ['i4X'], "bad argument #1 to 'packsize' (invalid next option for option 'X')"],
      ['unpack', ['i4', 'abc'], "bad argument #2 to 'unpack' (data string too short)"],
      ['unpack', ['i4', 'abcd', 10], "bad argument #3 to 'unpack' (initial position out of string)"],
      ['unpack', ['i9', '\x01'.repeat(9)], '9-byte integer does not fit into Lua Integer'],
    ] as const) {
      assert.equal(errorOf(() => call(`string.${name}`, ...args)), text);
    }
  });
});
