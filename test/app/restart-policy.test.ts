import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RestartPolicy } from '../../src/app/restart-policy.ts';

const LIMITS = { firstDelayMs: 100, maxDelayMs: 500, maxDeaths: 6, windowMs: 10_000 };

describe('restarts', () => {
  test('each death within the window doubles the rest, up to its bound; one too many and it is given up', () => {
    const policy = new RestartPolicy(LIMITS);
    assert.deepEqual([0, 1, 2, 3, 4, 5].map((nowMs) => policy.died(nowMs)), [100, 200, 400, 500, 500, undefined]);
  });

  test('deaths that are older than the window are forgotten', () => {
    const policy = new RestartPolicy(LIMITS);
    for (let nowMs = 0; nowMs < 1_000_000; nowMs += 10_000) assert.equal(policy.died(nowMs), 100);
  });
});
