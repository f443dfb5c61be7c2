import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HashTable } from '../../../src/script/modules/hash-table.ts';
import { HashTables } from '../../../src/script/modules/hash-tables.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

test('the sweep frees what expired, although nobody asks for it', () => {
  const clock = new VirtualClock();
  const tables = new HashTables({ t: { autoexpireS: 5, maxEntries: 100 } }, clock);
  tables.start();
  const table = tables.get('t')!;
  table.set('a', 1);
  clock.advance(3_000);
  table.set('b', 1);
  clock.advance(3_000);
  assert.equal(table.size, 1);
  clock.advance(3_000);
  assert.equal(table.size, 0);
  tables.stop();
  assert.equal(clock.armed, 0);
});

test('the sweep goes on where it stopped, so that a large table costs no long pause', () => {
  const clock = new VirtualClock();
  const table = new HashTable('t', { autoexpireS: 1, maxEntries: 100 }, clock);
  for (let n = 0; n < 10; n += 1) table.set(`k${n}`, n);
  clock.advance(1_000);
  table.sweep(4);
  assert.equal(table.size, 6);
  table.sweep(4);
  assert.equal(table.size, 2);
  table.sweep(4);
  assert.equal(table.size, 0);
});

test('a full table looks for expired entries before it refuses, once a second at most', () => {
  const clock = new VirtualClock();
  const table = new HashTable('t', { autoexpireS: 0, maxEntries: 2 }, clock);
  table.set('a', 1, 1);
  table.set('b', 1, 2);
  assert.equal(table.set('c', 1), false);
  clock.advance(1_000);
  assert.equal(table.set('c', 1), true);
  clock.advance(999);
  assert.equal(table.set('d', 1), false);
  clock.advance(1);
  assert.equal(table.set('d', 1), true);
});

test('an initial value that is a whole number is one, another is text', () => {
  const clock = new VirtualClock();
  const initial = (initval: string) => new HashTable('t', { autoexpireS: 0, initval, maxEntries: 1 }, clock).get('x');
  assert.deepEqual([initial('-5'), initial('5 apples'), initial('')], [-5, '5 apples', '']);
});

test('an entry that expires starts anew: its old value is not what counting goes on from', () => {
  const clock = new VirtualClock();
  const table = new HashTable('t', { autoexpireS: 1, initval: '0', maxEntries: 5 }, clock);
  table.add('a', 5);
  clock.advance(1_000);
  assert.equal(table.add('a', 1), 1);
});
