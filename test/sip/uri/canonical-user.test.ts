import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalUser } from '../../../src/sip/uri/canonical-user.ts';

test('§10.3 step 5 escaped characters become the characters they stand for', () => {
  assert.equal(canonicalUser('sips%3Auser%40example.com'), 'sips:user@example.com');
  assert.equal(canonicalUser('%61lice'), 'alice');
});

test('an escaped percent sign stays escaped, so that %2500 and %00 are two users', () => {
  assert.equal(canonicalUser('a%2500'), 'a%2500');
  assert.notEqual(canonicalUser('a%2500'), canonicalUser('a%00'));
});

test('RFC 4475 §3.1.1.4 an escaped NUL stays escaped; controls and what is not ASCII too, in one spelling', () => {
  assert.equal(canonicalUser('null-%00-null'), 'null-%00-null');
  assert.equal(canonicalUser('%0d%0A%7f%c3%a9'), '%0D%0A%7F%C3%A9');
});

test('a user without escapes is the same string', () => {
  assert.equal(canonicalUser(`x'or'1'='1`), `x'or'1'='1`);
});
