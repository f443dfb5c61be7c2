import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base36 } from '../../src/base/base36.ts';

test('a number in base 36 is written as JavaScript writes it', () => {
  for (const edge of [0, 1, 35, 36, 1295, 1296, 46_655, 46_656, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER]) assert.equal(base36(edge), edge.toString(36));
  fc.assert(fc.property(fc.maxSafeNat(), (value) => assert.equal(base36(value), value.toString(36))));
});
