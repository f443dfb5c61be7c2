import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { and, exclusiveOr, isInt64, not, or, shiftLeft, shiftRight } from '../../../../src/lua/runtime/operations/int64.ts';

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.constantFrom(0, 1, -1, 2 ** 31, 2 ** 32, -(2 ** 31), -(2 ** 32), 2 ** 53, 2 ** 62, -(2 ** 63), 0xffffffff),
);
const count = fc.integer({ min: -70, max: 70 });

const wrapped = (value: bigint): number => Number(BigInt.asIntN(64, value));
const unsigned = (value: number): bigint => BigInt.asUintN(64, BigInt(value));

function shiftedLeft(a: number, by: number): number {
  if (by <= -64 || by >= 64) return 0;
  return wrapped(by >= 0 ? unsigned(a) << BigInt(by) : unsigned(a) >> BigInt(-by));
}

test('bitwise operations are those on the 64 bits of two’s complement', () => {
  fc.assert(
    fc.property(integer, integer, (a, b) => {
      assert.equal(and(a, b), wrapped(BigInt(a) & BigInt(b)));
      assert.equal(or(a, b), wrapped(BigInt(a) | BigInt(b)));
      assert.equal(exclusiveOr(a, b), wrapped(BigInt(a) ^ BigInt(b)));
      assert.equal(not(a), wrapped(~BigInt(a)));
    }),
  );
});

test('shifts fill with zeros, and go the other way with a negative count', () => {
  fc.assert(
    fc.property(integer, count, (a, by) => {
      assert.equal(shiftLeft(a, by), shiftedLeft(a, by));
      assert.equal(shiftRight(a, by), shiftedLeft(a, -by));
    }),
  );
});

test('an integer of 64 bits has no fraction and is within -2^63 and 2^63', () => {
  for (const value of [0, -(2 ** 63), 2 ** 62, -0]) assert.ok(isInt64(value), String(value));
  for (const value of [0.5, 2 ** 63, -(2 ** 64), Infinity, NaN]) assert.ok(!isInt64(value), String(value));
});
