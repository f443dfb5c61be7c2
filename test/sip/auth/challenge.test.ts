import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  challengeFlags,
  formatChallenge,
  formatChallenges,
  parseChallenge,
  type Challenge,
} from '../../../src/sip/auth/challenge.ts';

const BASE: Challenge = {
  realm: 'sip.example',
  nonce: 'abc',
  algorithm: 'SHA-256',
  qop: ['auth'],
  stale: false,
  opaque: undefined,
};

test('RFC 8760 §2.4: one value for each algorithm, SHA-256 before MD5', () => {
  assert.deepEqual(formatChallenges(BASE), [
    'Digest realm="sip.example", nonce="abc", algorithm=SHA-256, qop="auth"',
    'Digest realm="sip.example", nonce="abc", algorithm=MD5, qop="auth"',
  ]);
});

test('the algorithms can be named, for phones that stumble over SHA-256', () => {
  assert.deepEqual(formatChallenges({ ...BASE, algorithms: ['MD5'] }), [
    'Digest realm="sip.example", nonce="abc", algorithm=MD5, qop="auth"',
  ]);
});

test('stale is a bare word, opaque and realm are quoted and escaped', () => {
  const value = formatChallenge({ ...BASE, realm: 'a "b" \\', stale: true, opaque: 'o', qop: ['auth', 'auth-int'] });
  assert.equal(
    value,
    'Digest realm="a \\"b\\" \\\\", nonce="abc", opaque="o", stale=true, algorithm=SHA-256, qop="auth,auth-int"',
  );
});

test('KEMI auth_challenge flags: 1 qop=auth, 2 qop=auth-int, 16 stale, 0 the form of RFC 2069', () => {
  assert.deepEqual(challengeFlags(0), { qop: undefined, stale: false });
  assert.deepEqual(challengeFlags(1), { qop: ['auth'], stale: false });
  assert.deepEqual(challengeFlags(2), { qop: ['auth-int'], stale: false });
  assert.deepEqual(challengeFlags(3), { qop: ['auth-int'], stale: false });
  assert.deepEqual(challengeFlags(17), { qop: ['auth'], stale: true });
  assert.equal(formatChallenge({ ...BASE, ...challengeFlags(0) }).includes('qop'), false);
});

test('RFC 3261 §20.27: the Proxy-Authenticate example is read', () => {
  const value =
    'Digest realm="atlanta.com", domain="sip:ss1.carrier.com", qop="auth",' +
    ' nonce="f84f1cec41e6cbe5aea9c8e88d359", opaque="", stale=FALSE, algorithm=MD5';
  assert.deepEqual(parseChallenge(value), {
    realm: 'atlanta.com',
    nonce: 'f84f1cec41e6cbe5aea9c8e88d359',
    algorithm: 'MD5',
    qop: ['auth'],
    stale: false,
    opaque: '',
  });
});

test('RFC 7616 §3.3: unknown qop words are passed over; none known, or an unknown algorithm, is unsupported', () => {
  const base = 'Digest realm="r", nonce="n"';
  const known = parseChallenge(`${base}, qop="auth-conf, AUTH-INT"`);
  assert.deepEqual('failure' in known ? known : known.qop, ['auth-int']);
  for (const value of [`${base}, qop="auth-conf"`, `${base}, algorithm=SHA-512-256`]) {
    const result = parseChallenge(value);
    assert.equal('failure' in result && result.failure, 'unsupported', value);
  }
  const noNonce = parseChallenge('Digest realm="r"');
  assert.equal('failure' in noNonce && noNonce.failure, 'malformed');
});

test('parse undoes format, whatever is in the texts', () => {
  const text = fc.string({ unit: 'grapheme-ascii' });
  const challenge: fc.Arbitrary<Challenge> = fc.record(
    {
      realm: text,
      nonce: text,
      algorithm: fc.constantFrom('MD5' as const, 'SHA-256' as const),
      qop: fc.constantFrom<Challenge['qop'][]>(undefined, ['auth'], ['auth-int'], ['auth', 'auth-int']),
      stale: fc.boolean(),
      opaque: fc.option(text, { nil: undefined }),
    },
    { noNullPrototype: true },
  );
  const undoes = fc.property(challenge, (original) => {
    assert.deepEqual(parseChallenge(formatChallenge(original)), original);
  });
  fc.assert(undoes);
});
