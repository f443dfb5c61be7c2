import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import test from 'node:test';
import { computeHa1 } from '../../../src/sip/auth/algorithm.ts';
import { parseCredentials, type DigestCredentials } from '../../../src/sip/auth/credentials.ts';
import { verifyResponse } from '../../../src/sip/auth/verify.ts';

const HA1 = computeHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life');

function rfc2617(changes: Partial<DigestCredentials> = {}): DigestCredentials {
  const credentials = parseCredentials(
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",' +
      ' uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b",' +
      ' response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
  if ('failure' in credentials) assert.fail(credentials.reason);
  return { ...credentials, ...changes };
}

test('RFC 2617 §3.5: the example is right, also with the response in upper case', () => {
  assert.equal(verifyResponse(rfc2617(), { method: 'GET', body: '' }, HA1), true);
  const response = rfc2617().response.toUpperCase();
  assert.equal(verifyResponse(rfc2617({ response }), { method: 'GET', body: '' }, HA1), true);
});

test('every part of the answer is covered: method, uri, nonce, nc, cnonce, qop, algorithm, password', () => {
  const request = { method: 'GET', body: '' };
  assert.equal(verifyResponse(rfc2617(), { ...request, method: 'PUT' }, HA1), false);
  const changes: Partial<DigestCredentials>[] = [
    { uri: '/dir/other.html' },
    { nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c094' },
    { nc: '00000002' },
    { nc: '1' },
    { cnonce: '0a4f113c' },
    { qop: 'auth-int' },
    { qop: undefined },
    { algorithm: 'SHA-256' },
    { response: '' },
    { response: '6629fae49393a05397450978507c4ef' },
  ];
  for (const change of changes) {
    assert.equal(verifyResponse(rfc2617(change), request, HA1), false, JSON.stringify(change));
  }
  const other = computeHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle of Life');
  assert.equal(verifyResponse(rfc2617(), request, other), false);
});

test('the response is compared in constant time', (t) => {
  const compare = t.mock.method(crypto, 'timingSafeEqual');
  syncBuiltinESMExports();
  t.after(() => {
    compare.mock.restore();
    syncBuiltinESMExports();
  });
  assert.equal(verifyResponse(rfc2617({ response: '7'.repeat(32) }), { method: 'GET', body: '' }, HA1), false);
  assert.equal(compare.mock.callCount(), 1);
});
