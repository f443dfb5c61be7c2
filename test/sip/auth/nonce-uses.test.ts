import assert from 'node:assert/strict';
import test from 'node:test';
import { NonceUses } from '../../../src/sip/auth/nonce-uses.ts';
import type { IssuedNonce } from '../../../src/sip/auth/nonce.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

function setUp(maxNonces = 100) {
  const clock = new VirtualClock();
  const uses = new NonceUses({ clock, lifetimeMs: 300_000, maxNonces });
  let id = 0;
  const issue = (): IssuedNonce => ({ id: (id += 1), issuedMs: clock.now() });
  return { clock, uses, issue };
}

test('RFC 7616 §3.4: a count is taken once, a higher one after it', () => {
  const { uses, issue } = setUp();
  const nonce = issue();
  assert.equal(uses.use(nonce, 1), 'ok');
  assert.equal(uses.use(nonce, 1), 'nonce-reused');
  assert.equal(uses.use(nonce, 2), 'ok');
  assert.equal(uses.use(nonce, 0xffffffff), 'ok');
  assert.equal(uses.use(nonce, 0xffffffff), 'nonce-reused');
  assert.equal(uses.use(nonce, 3), 'nonce-reused');
});

test('counts that UDP swapped are taken once each, down to 31 below the highest', () => {
  const { uses, issue } = setUp();
  const nonce = issue();
  assert.equal(uses.use(nonce, 40), 'ok');
  for (let count = 9; count <= 39; count += 1) assert.equal(uses.use(nonce, count), 'ok', `first ${count}`);
  for (let count = 9; count <= 40; count += 1) assert.equal(uses.use(nonce, count), 'nonce-reused', `again ${count}`);
  assert.equal(uses.use(nonce, 8), 'nonce-reused');
  assert.equal(uses.use(nonce, 42), 'ok');
  assert.equal(uses.use(nonce, 41), 'ok');
  assert.equal(uses.use(nonce, 40), 'nonce-reused');
  assert.equal(uses.use(nonce, 74), 'ok');
  assert.equal(uses.use(nonce, 43), 'ok');
  assert.equal(uses.use(nonce, 42), 'nonce-reused');
});

test('an answer without qop (RFC 2069) is taken once for each nonce, and only as the first', () => {
  const { uses, issue } = setUp();
  const nonce = issue();
  assert.equal(uses.use(nonce, undefined), 'ok');
  assert.equal(uses.use(nonce, undefined), 'nonce-reused');
  assert.equal(uses.use(nonce, 1), 'nonce-reused');
  const counted = issue();
  assert.equal(uses.use(counted, 1), 'ok');
  assert.equal(uses.use(counted, undefined), 'nonce-reused');
});

test('at the bound the oldest is forgotten and is stale from then on, never new', () => {
  const { clock, uses, issue } = setUp(2);
  const nonces = [0, 1, 2].map(() => {
    clock.advance(1);
    return issue();
  });
  for (const nonce of nonces) assert.equal(uses.use(nonce, 1), 'ok');
  assert.equal(uses.size, 2);
  assert.equal(uses.use(nonces[0]!, 1), 'stale');
  assert.equal(uses.use(nonces[0]!, 2), 'stale');
  assert.equal(uses.use(nonces[1]!, 2), 'ok');
  assert.equal(uses.use(nonces[2]!, 2), 'ok');
});

test('entries go with their nonces, and a clock set back does not bring a used nonce back to life', () => {
  const { clock, uses, issue } = setUp();
  const old = issue();
  assert.equal(uses.use(old, 1), 'ok');
  clock.advance(300_000);
  assert.equal(uses.use(issue(), 1), 'ok');
  assert.equal(uses.size, 1);
  assert.equal(uses.use(old, 1), 'stale');
});

test('what was issued before the node started is stale: it may have been used', () => {
  const { clock, uses } = setUp();
  assert.equal(uses.use({ id: 1, issuedMs: clock.now() - 1 }, 1), 'stale');
  assert.equal(uses.use({ id: 2, issuedMs: clock.now() }, 1), 'ok');
});
