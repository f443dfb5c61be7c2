import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryReturn } from '../../src/app/memory-return.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

test('one collection when the live transactions have fallen to a tenth of their peak, and none before', () => {
  const clock = new VirtualClock();
  let live = 0;
  let collections = 0;
  new MemoryReturn(clock, () => live, () => (collections += 1)).start();
  live = 20_000;
  clock.advance(5000);
  live = 2_001;
  clock.advance(5000);
  assert.equal(collections, 0);
  live = 2_000;
  clock.advance(5000);
  assert.equal(collections, 1);
  clock.advance(60_000);
  assert.equal(collections, 1);
});

test('a small peak is not worth a collection', () => {
  const clock = new VirtualClock();
  let live = 999;
  let collections = 0;
  new MemoryReturn(clock, () => live, () => (collections += 1)).start();
  clock.advance(5000);
  live = 0;
  clock.advance(60_000);
  assert.equal(collections, 0);
});

test('the collector that it uses by itself is there', () => {
  const clock = new VirtualClock();
  let live = 5000;
  const memory = new MemoryReturn(clock, () => live);
  memory.start();
  clock.advance(5000);
  live = 0;
  assert.doesNotThrow(() => clock.advance(5000));
  memory.stop();
  assert.equal(clock.armed, 0);
});
