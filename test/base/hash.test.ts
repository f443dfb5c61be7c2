import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shortHash } from '../../src/base/hash.ts';

describe('short hash', () => {
  test('is the same each time, and at most 14 characters of base 36', () => {
    for (const text of ['', 'a', 'sip:bob@example.com', 'x'.repeat(10_000), 'ünïcödé']) {
      const hash = shortHash(text, 7);
      assert.match(hash, /^[0-9a-z]{2,14}$/);
      assert.equal(shortHash(text, 7), hash);
    }
  });

  test('differs with the seed', () => {
    assert.notEqual(shortHash('sip:bob@example.com', 1), shortHash('sip:bob@example.com', 2));
  });

  test('tells 200,000 Call-IDs apart that differ in one place', () => {
    const seen = new Set<string>();
    for (let call = 0; call < 200_000; call += 1) seen.add(shortHash(`${call}-4711@192.0.2.1`, 0));
    assert.equal(seen.size, 200_000);
  });
});
