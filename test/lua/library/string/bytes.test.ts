import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';

import { agree, errorOf, opened } from '../library-stage.ts';

const { call } = opened();

describe('bytes of strings', () => {
  test('byte, char and len count bytes', () => {
    assert.deepEqual(call('string.byte', 'abc', 1, -1), [97, 98, 99]);
    assert.deepEqual(call('string.byte', 'abc', 10), []);
    assert.deepEqual(call('string.char', 65, 255), ['A\xff']);
    assert.deepEqual(call('string.len', 'a\0b'), [3]);
    assert.equal(errorOf(() => call('string.char', 256)), "bad argument #1 to 'char' (value out of range)");
  });

  test('sub counts from both ends', () => {
    assert.deepEqual(call('string.sub', 'hello', -3, -2), ['ll']);
    assert.deepEqual(call('string.sub', 'hello', 2.9), ['ello']);
    assert.deepEqual(call('string.sub', 'hello', 0), ['hello']);
    assert.deepEqual(call('string.sub', 'hello', 4, 2), ['']);
  });

  test('only ASCII letters have another case', () => {
    assert.deepEqual(call('string.upper', 'a\xe4\xdf\xffz'), ['A\xe4\xdf\xffZ']);
    assert.deepEqual(call('string.lower', 'A\xc4Z'), ['a\xc4z']);
  });

  test('rep puts the separator in between, and is bounded', () => {
    assert.deepEqual(call('string.rep', 'ab', 3, ','), ['ab,ab,ab']);
    assert.deepEqual(call('string.rep', 'ab', -1), ['']);
    assert.equal(errorOf(() => call('string.rep', 'x', 1e10)), 'string.rep: the result would be longer than 1000000 bytes');
    assert.deepEqual(call('string.reverse', 'abc'), ['cba']);
  });

  test('the same as fengari', () => {
    const position = fc.integer({ min: -8, max: 8 });
    fc.assert(
      fc.property(fc.string({ maxLength: 6, unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) }), position, position, (text, a, b) => {
        agree('string.sub', text, a, b);
        agree('string.byte', text, a, b);
        agree('string.rep', text, a, '-');
        for (const name of ['upper', 'lower', 'reverse', 'len']) agree(`string.${name}`, text);
      }),
      { numRuns: 500 },
    );
  });
});
