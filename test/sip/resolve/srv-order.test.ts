import assert from 'node:assert/strict';
import { test } from 'node:test';
import { srvOrder } from '../../../src/sip/resolve/srv-order.ts';

const record = (name: string, priority: number, weight: number) => ({ name, priority, weight });
const names = (records: readonly { name: string }[]) => records.map((one) => one.name).join('');

test('RFC 2782: a lower priority is tried first, whatever the weights', () => {
  const records = [record('c', 30, 100), record('a', 10, 0), record('b', 20, 1)];
  for (const drawn of [0, 0.5, 0.999]) assert.equal(names(srvOrder(records, () => drawn)), 'abc');
});

test('RFC 2782: the first whose running sum reaches the number drawn', () => {
  const records = [record('a', 1, 10), record('b', 1, 20), record('c', 1, 70)];
  // Drawn from 0 to 100: a up to 10, b up to 30, c above.
  assert.equal(names(srvOrder(records, () => 10 / 101)), 'abc');
  assert.equal(names(srvOrder(records, () => 11.5 / 101)).charAt(0), 'b');
  assert.equal(names(srvOrder(records, () => 31.5 / 101)).charAt(0), 'c');
});

test('RFC 2782: over many draws the first place goes by weight', () => {
  const records = [record('a', 1, 90), record('b', 1, 10)];
  let firstA = 0;
  for (let n = 0; n < 1000; n += 1) if (names(srvOrder(records, () => n / 1000)) === 'ab') firstA += 1;
  assert.ok(firstA > 880 && firstA < 920, `${firstA}`);
});

test('RFC 2782: weight 0 is drawn, but rarely', () => {
  const records = [record('a', 1, 99), record('b', 1, 0)];
  assert.equal(names(srvOrder(records, () => 0)), 'ba');
  assert.equal(names(srvOrder(records, () => 0.02)), 'ab');
});

test('nothing is lost or doubled, and the records given stay in their order', () => {
  const records = Array.from({ length: 20 }, (_, n) => record(String.fromCharCode(97 + n), n % 3, n));
  const before = names(records);
  assert.deepEqual([...names(srvOrder(records, () => 0.7))].sort().join(''), before);
  assert.equal(names(records), before);
  assert.deepEqual(srvOrder([], () => 0), []);
});
