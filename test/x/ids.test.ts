import assert from 'node:assert/strict';
import test from 'node:test';
import { compareIds, idAt, newestId, timeOfId } from '../../src/x/ids.ts';

test('an id of X holds its time, there and back', () => {
  // The post of X's own examples, whose `created_at` is 2021-11-15T19:08:05.000Z.
  assert.equal(new Date(timeOfId('1460323737035677698')).toISOString().slice(0, 19), '2021-11-15T19:08:05');
  const ms = Date.UTC(2026, 7, 1, 12);
  assert.equal(timeOfId(idAt(ms)), ms);
  assert.equal(timeOfId(String(BigInt(idAt(ms)) - 1n)), ms - 1);
});

test('a time before X made such ids is the smallest id, not a negative one', () => {
  assert.equal(idAt(0), '1');
});

test('ids are compared as numbers, also beyond what a JavaScript number holds', () => {
  assert.ok(compareIds('999', '1000') < 0);
  assert.ok(compareIds('9223372036854775807', '9223372036854775806') > 0);
  assert.equal(compareIds('42', '42'), 0);
  assert.equal(newestId(['999', '1000', '998']), '1000');
  assert.equal(newestId([]), undefined);
});
