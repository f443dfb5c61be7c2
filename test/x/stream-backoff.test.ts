import assert from 'node:assert/strict';
import test from 'node:test';
import { StreamBackoff, type StreamTrouble } from '../../src/x/stream-backoff.ts';

const waits = (trouble: StreamTrouble, times: number) => {
  const backoff = new StreamBackoff(() => 0);
  return Array.from({ length: times }, () => backoff.next(trouble) / 1000);
};

test('network errors wait 250 ms longer each time, from 1 s to 16 s', () => {
  const network = waits('network', 70);
  assert.deepEqual(network.slice(0, 6), [1, 1, 1, 1, 1.25, 1.5]);
  assert.equal(network.at(-1), 16);
});

test('HTTP errors wait 5 s, doubling to 320 s', () => {
  assert.deepEqual(waits('http', 8), [5, 10, 20, 40, 80, 160, 320, 320]);
});

test('429 waits from 60 s, doubling, and never less than X said', () => {
  assert.deepEqual(waits('rate-limited', 5), [60, 120, 240, 480, 900]);
  assert.equal(new StreamBackoff(() => 0).next('rate-limited', 700_000), 700_000);
});

test('a stream that ended is reopened after a second; one that ends again and again stays within 50 connects in 15 minutes', () => {
  assert.deepEqual(waits('closed', 4), [1, 5, 10, 20]);
  let connects = 0;
  for (let spent = 0, backoff = new StreamBackoff(() => 0); spent < 900_000; connects += 1) spent += backoff.next('closed');
  assert.ok(connects < 50, String(connects));
});

test('jitter only adds', () => {
  const backoff = new StreamBackoff(() => 1);
  assert.equal(backoff.next('http'), 6_250);
});

test('troubles are counted apart and forgotten after a healthy connection', () => {
  const backoff = new StreamBackoff(() => 0);
  assert.deepEqual([backoff.next('http'), backoff.next('closed'), backoff.next('http')], [5_000, 1_000, 10_000]);
  backoff.reset();
  assert.equal(backoff.next('http'), 5_000);
});
