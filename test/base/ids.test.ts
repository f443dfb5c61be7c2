import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomHex } from '../../src/base/ids.ts';

describe('random ids', () => {
  test('are as many bytes as asked for, in lower-case hex', () => {
    for (const bytes of [0, 1, 8, 16, 33, 4096]) {
      assert.match(randomHex(bytes), new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
    }
  });

  test('may be longer than the pool', () => {
    assert.match(randomHex(5_000), /^[0-9a-f]{10000}$/);
  });

  test('do not repeat, across refills of the pool too', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i += 1) seen.add(randomHex(8));
    assert.equal(seen.size, 20_000);
  });

  test('are random in every byte: none is left at zero, all values come up', () => {
    const counts = new Array<number>(256).fill(0);
    for (let i = 0; i < 2_000; i += 1) {
      for (const byte of Buffer.from(randomHex(31), 'hex')) counts[byte]! += 1;
    }
    // 62,000 bytes, 242 expected of each; 120 away is eight standard deviations.
    for (const count of counts) assert.ok(Math.abs(count - 242) < 120);
  });
});
