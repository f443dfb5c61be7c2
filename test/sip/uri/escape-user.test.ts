import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeUser } from '../../../src/sip/uri/escape-user.ts';
import { parseUri, unescapeUri } from '../../../src/sip/uri/uri.ts';

test('§25.1 unreserved and user-unreserved characters stand for themselves', () => {
  assert.equal(escapeUser("al.ice-_!~*'()&=+$,;?/9"), "al.ice-_!~*'()&=+$,;?/9");
});

test('what would end the user part or the line is escaped', () => {
  assert.equal(escapeUser('a@b:c d\r\n%<>"'), 'a%40b%3Ac%20d%0D%0A%25%3C%3E%22');
});

test('any one-byte name comes back from the URI it was put into', () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.array(byte, { minLength: 1, maxLength: 40 }), (bytes) => {
      const name = bytes.join('');
      const uri = parseUri(`sip:${escapeUser(name)}@example.com`);
      assert.equal(unescapeUri(uri!.user), name);
    }),
  );
});
