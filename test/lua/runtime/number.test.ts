import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNumber } from '../../../src/lua/runtime/number.ts';

const zeros = (count: number): string => '0'.repeat(count);

test('§3.1 hexadecimal numerals have a point and a binary exponent', () => {
  for (const [text, value] of [['0x10', 16], ['0xA.8', 10.5], ['0x.1', 1 / 16], ['-0x1p-2', -0.25], ['0X1P+4', 16], ['0x0p12', 0]] as const) {
    assert.equal(parseNumber(text), value, text);
  }
  for (const text of ['0x', '0x.', '0x1p', '0x1.8q', '0xg']) assert.equal(parseNumber(text), undefined, text);
});

test('a hexadecimal numeral may have more digits than a double has a range for', () => {
  assert.equal(parseNumber(`0x3.${zeros(1000)}`), 3);
  assert.equal(parseNumber(`0x${zeros(1000)}a`), 10);
  assert.equal(parseNumber(`0x.${zeros(300)}1p1204`), 1);
  assert.equal(parseNumber(`0x1${zeros(300)}p-1200`), 1);
  assert.equal(parseNumber(`0x${'f'.repeat(150)}.0`), 2 ** 600);
  assert.equal(parseNumber(`0x${'f'.repeat(500)}`), Number.POSITIVE_INFINITY);
  assert.equal(parseNumber(`0x0.${zeros(5000)}`), 0);
});
