import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryDelayMs } from '../../src/jobs/retry.ts';

const policy = { attempts: 6, firstDelayMs: 1000, factor: 3, maxDelayMs: 20_000 };

test('the rest grows by the factor up to its maximum, and the last attempt has none', () => {
  const full = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelayMs(policy, attempt, 1));
  assert.deepEqual(full, [1000, 3000, 9000, 20_000, 20_000, undefined, undefined]);
});

test('chance takes off at most half', () => {
  assert.equal(retryDelayMs(policy, 2, 0), 1500);
  assert.equal(retryDelayMs(policy, 2, 0.5), 2250);
});
