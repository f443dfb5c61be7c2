import assert from 'node:assert/strict';
import test from 'node:test';
import { VirtualClock } from '../../src/testing/clock.ts';
import { Billing } from '../../src/x/billing.ts';
import { hasLink, pricedPost, priceOf } from '../../src/x/prices.ts';

test('a post with a link costs 20 cents, an answer without one costs one', () => {
  assert.equal(priceOf(pricedPost('Calling Alice now (7f3k)', 'reply')), 10_000);
  assert.equal(priceOf(pricedPost('See https://example.com', 'reply')), 200_000);
  assert.equal(priceOf(pricedPost('See example.com', 'post')), 200_000);
  assert.equal(priceOf(pricedPost('Hello', 'post')), 15_000);
});

test('what X makes a link of is seen, and times, numbers and addresses behind an @ are none', () => {
  for (const text of ['http://a.b', 'go to pbx.example.com now', 'münchen.de']) assert.equal(hasLink(text), true, text);
  for (const text of ['at 17.30', '+49 30 901820', 'sip:carol@example.com', 'v1.2.3', 'Wait... no', '@alice.']) assert.equal(hasLink(text), false, text);
});

test('a resource that X hands out again on the same UTC day is paid once, on the next day again', () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1, 23, 59));
  const spend: [string, number, number][] = [];
  const billing = new Billing(clock, (...entry) => spend.push(entry));
  billing.returned('mention-read', ['1', '2']);
  billing.returned('mention-read', ['2', '3']);
  billing.returned('mention-read', ['1', '2', '3']);
  billing.returned('dm-read', ['1']);
  assert.deepEqual(spend, [['mention-read', 2, 10_000], ['mention-read', 1, 5_000], ['dm-read', 1, 10_000]]);
  clock.advance(60_000);
  billing.returned('mention-read', ['1']);
  assert.deepEqual(spend.at(-1), ['mention-read', 1, 5_000]);
});
