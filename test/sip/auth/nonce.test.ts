import assert from 'node:assert/strict';
import test from 'node:test';
import { NonceSource } from '../../../src/sip/auth/nonce.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

const BOUND = '192.0.2.1 sip.example';

test('a nonce is recognised until its lifetime is over', () => {
  const clock = new VirtualClock();
  const nonces = new NonceSource({ clock });
  const nonce = nonces.issue(BOUND);
  clock.advance(299_999);
  assert.equal(nonces.recognise(nonce, BOUND)?.issuedMs, Date.UTC(2026, 0, 1));
  clock.advance(1);
  assert.equal(nonces.recognise(nonce, BOUND), undefined);
});

test('no two nonces are equal and their ids tell them apart', () => {
  const nonces = new NonceSource({ clock: new VirtualClock() });
  const made = Array.from({ length: 1000 }, () => nonces.issue(BOUND));
  assert.equal(new Set(made).size, 1000);
  assert.equal(new Set(made.map((nonce) => nonces.recognise(nonce, BOUND)?.id)).size, 1000);
});

test('a nonce is bound: another source address or realm makes it unknown', () => {
  const nonces = new NonceSource({ clock: new VirtualClock() });
  const nonce = nonces.issue(BOUND);
  assert.equal(nonces.recognise(nonce, '192.0.2.2 sip.example'), undefined);
  assert.equal(nonces.recognise(nonce, '192.0.2.1 other.example'), undefined);
});

test('a forged nonce is unknown: no digit of a real one may change, nor the case of a letter', () => {
  const nonces = new NonceSource({ clock: new VirtualClock() });
  const nonce = nonces.issue(BOUND);
  for (let at = 0; at < nonce.length; at += 1) {
    const other = nonce[at] === '0' ? '1' : '0';
    assert.equal(nonces.recognise(nonce.slice(0, at) + other + nonce.slice(at + 1), BOUND), undefined, `digit ${at}`);
  }
  for (const forged of ['', 'x', nonce.toUpperCase(), `${nonce}0`, nonce.slice(1), '0'.repeat(56), 'é'.repeat(56)]) {
    assert.equal(nonces.recognise(forged, BOUND), undefined, forged);
  }
});

test('nodes that share the secret accept each other\'s nonces, others do not', () => {
  const clock = new VirtualClock();
  const nonce = new NonceSource({ clock, secret: 'shared' }).issue(BOUND);
  assert.notEqual(new NonceSource({ clock, secret: 'shared' }).recognise(nonce, BOUND), undefined);
  assert.equal(new NonceSource({ clock, secret: 'other' }).recognise(nonce, BOUND), undefined);
  assert.equal(new NonceSource({ clock }).recognise(nonce, BOUND), undefined);
});

test('a nonce from the future is unknown beyond the skew of two nodes\' clocks', () => {
  const startMs = Date.UTC(2026, 0, 1);
  const ahead = (ms: number) => new NonceSource({ clock: new VirtualClock(startMs + ms), secret: 's' }).issue(BOUND);
  const nonces = new NonceSource({ clock: new VirtualClock(startMs), secret: 's' });
  assert.notEqual(nonces.recognise(ahead(5_000), BOUND), undefined);
  assert.equal(nonces.recognise(ahead(5_001), BOUND), undefined);
});
