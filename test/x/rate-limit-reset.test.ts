import assert from 'node:assert/strict';
import test from 'node:test';
import { retryAtMsOf } from '../../src/x/rate-limit-reset.ts';

const NOW_MS = Date.UTC(2026, 7, 1);
const inSeconds = (seconds: number) => String(NOW_MS / 1000 + seconds);
const bucket = (name: string, remaining: number, resetSeconds: number) => ({
  [`${name}-limit`]: '15',
  [`${name}-remaining`]: String(remaining),
  [`${name}-reset`]: inSeconds(resetSeconds),
});
const wait = (headers: Record<string, string>) => (retryAtMsOf(headers, NOW_MS) - NOW_MS) / 1000;

test('the 15-minute bucket is empty: its reset', () => {
  assert.equal(wait({ ...bucket('x-rate-limit', 0, 400), ...bucket('x-user-limit-24hour', 3, 5000) }), 400);
});

test('the 15-minute bucket has calls left: the reset of the 24-hour bucket that is empty', () => {
  const near = bucket('x-rate-limit', 7, 400);
  assert.equal(wait({ ...near, ...bucket('x-user-limit-24hour', 0, 5000), ...bucket('x-app-limit-24hour', 9, 7000) }), 5000);
  assert.equal(wait({ ...near, ...bucket('x-user-limit-24hour', 9, 5000), ...bucket('x-app-limit-24hour', 0, 7000) }), 7000);
});

test('several buckets are empty: the latest reset', () => {
  assert.equal(wait({ ...bucket('x-rate-limit', 0, 400), ...bucket('x-app-limit-24hour', 0, 7000) }), 7000);
});

test('calls are left everywhere: still a 24-hour bucket, for the plain one did not refuse', () => {
  assert.equal(wait({ ...bucket('x-rate-limit', 1, 400), ...bucket('x-user-limit-24hour', 1, 5000) }), 5000);
});

test('no usable headers: one minute', () => {
  assert.equal(wait({}), 60);
  assert.equal(wait({ 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': 'soon' }), 60);
  assert.equal(wait(bucket('x-rate-limit', 3, 400)), 60);
});

test('a reset in the past waits a second, one beyond every window waits no longer than a window', () => {
  assert.equal(wait(bucket('x-rate-limit', 0, -30)), 1);
  assert.equal(wait(bucket('x-rate-limit', 0, 10 * 86_400)), 86_700);
});
