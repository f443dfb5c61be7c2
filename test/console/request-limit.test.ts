import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestLimit } from '../../src/console/request-limit.ts';
import { VirtualClock } from '../../src/testing/clock.ts';

test('an address has its allowance in each minute, whatever others do', () => {
  const clock = new VirtualClock();
  const limit = new RequestLimit({ clock, perMinute: 2 });
  assert.deepEqual(['a', 'a', 'a', 'b', 'a'].map((address) => limit.takes(address)), [true, true, false, true, false]);
  clock.advance(20_000);
  assert.equal(limit.retryAfterS, 40);
  clock.advance(40_000);
  assert.equal(limit.takes('a'), true);
});

test('past the number of addresses that are counted the others share one allowance, and the memory stays', () => {
  const limit = new RequestLimit({ clock: new VirtualClock(), perMinute: 3, maxAddresses: 2 });
  assert.deepEqual(['a', 'b', 'c', 'd', 'e', 'f', 'a'].map((address) => limit.takes(address)), [true, true, true, true, true, false, true]);
});
