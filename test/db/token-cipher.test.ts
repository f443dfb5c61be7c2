import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { newTokenKey, TokenCipher } from '../../src/db/token-cipher.ts';

const KEY = newTokenKey();

test('what was encrypted is read back, and never looks the same twice', () => {
  const cipher = new TokenCipher([KEY]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const sealed = cipher.encrypt(text, 'access:7');
      assert.equal(cipher.decrypt(sealed, 'access:7'), text);
      assert.notDeepEqual(cipher.encrypt(text, 'access:7'), sealed);
    }),
  );
});

test('with another key, for another owner or of another kind it does not open', () => {
  const sealed = new TokenCipher([KEY]).encrypt('secret', 'access:7');
  assert.equal(new TokenCipher([newTokenKey()]).decrypt(sealed, 'access:7'), undefined);
  assert.equal(new TokenCipher([KEY]).decrypt(sealed, 'access:8'), undefined);
  assert.equal(new TokenCipher([KEY]).decrypt(sealed, 'refresh:7'), undefined);
});

test('a changed bit anywhere, or a missing end, does not open', () => {
  const cipher = new TokenCipher([KEY]);
  const sealed = cipher.encrypt('secret', 'access:7');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at]! ^= 1;
    assert.equal(cipher.decrypt(changed, 'access:7'), undefined, `byte ${at}`);
    assert.equal(cipher.decrypt(sealed.subarray(0, at), 'access:7'), undefined, `cut at ${at}`);
  }
});

test('after a change of the key the former one still opens what it has encrypted, and encrypts no more', () => {
  const before = new TokenCipher([KEY]).encrypt('secret', 'access:7');
  const next = newTokenKey();
  const both = new TokenCipher([next, KEY]);
  assert.equal(both.decrypt(before, 'access:7'), 'secret');
  assert.equal(new TokenCipher([next]).decrypt(both.encrypt('new', 'access:7'), 'access:7'), 'new');
});

test('a key of another length is refused, and not shown', () => {
  const short = Buffer.alloc(16, 'k').toString('base64');
  for (const keys of [[short], []]) {
    assert.throws(() => new TokenCipher(keys), (thrown: Error) => {
      assert.ok(!thrown.message.includes(short));
      return (thrown as { code?: string }).code === 'config.invalid';
    });
  }
});
