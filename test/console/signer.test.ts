import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCookie } from '../../src/console/cookies.ts';
import { equalSecrets, Signer } from '../../src/console/signer.ts';

test('a signed value is read back for its purpose, by the process that signed it', () => {
  const signer = new Signer();
  const signed = signer.sign('session', 'abc');
  assert.equal(signer.verify('session', signed), 'abc');
  assert.equal(signer.verify('form', signed), undefined);
  assert.equal(new Signer().verify('session', signed), undefined);
});

test('what is not signed, signed for another value, empty or endless is nothing', () => {
  const signer = new Signer();
  const signed = signer.sign('session', 'abc');
  for (const wrong of [undefined, '', '.', 'abc', 'abc.', signed.replace('abc', 'abd'), `${signed}A`, signed.slice(0, -2), 'x'.repeat(1000)]) {
    assert.equal(signer.verify('session', wrong), undefined, wrong);
  }
});

test('secrets are compared by their bytes', () => {
  assert.deepEqual([equalSecrets('ä', 'ä'), equalSecrets('a', 'b'), equalSecrets('a', 'aa'), equalSecrets('', '')], [true, false, false, true]);
});

test('of a Cookie header the first value of the name counts; a header that is too long holds none', () => {
  assert.equal(readCookie('a=1; sipweet=x.y; sipweet=z', 'sipweet'), 'x.y');
  assert.equal(readCookie('sipweets=1; b', 'sipweet'), undefined);
  assert.equal(readCookie(`sipweet=1; ${'a'.repeat(5000)}`, 'sipweet'), undefined);
  assert.equal(readCookie(undefined, 'sipweet'), undefined);
});
