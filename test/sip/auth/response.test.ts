import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { computeHa1, deriveSecrets, digestAlgorithm, ha1For } from '../../../src/sip/auth/algorithm.ts';
import { digestResponse, type ResponseInput } from '../../../src/sip/auth/response.ts';

const RFC_7616 = {
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  method: 'GET',
  uri: '/dir/index.html',
  qop: 'auth',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  body: '',
} as const;

test('RFC 7616 §3.9.1: the example in MD5', () => {
  const ha1 = computeHa1('MD5', 'Mufasa', 'http-auth@example.org', 'Circle of Life');
  assert.equal(digestResponse({ ...RFC_7616, algorithm: 'MD5', ha1 }), '8ca523f5e9506fed4657c9700eebdbec');
});

test('RFC 7616 §3.9.1: the example in SHA-256', () => {
  const ha1 = computeHa1('SHA-256', 'Mufasa', 'http-auth@example.org', 'Circle of Life');
  const expected = '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1';
  assert.equal(digestResponse({ ...RFC_7616, algorithm: 'SHA-256', ha1 }), expected);
});

const RFC_2617: ResponseInput = {
  algorithm: 'MD5',
  ha1: computeHa1('MD5', 'Mufasa', 'testrealm@host.com', 'Circle Of Life'),
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  method: 'GET',
  uri: '/dir/index.html',
  qop: 'auth',
  nc: '00000001',
  cnonce: '0a4f113b',
  body: '',
};

test('RFC 2617 §3.5: the example', () => {
  assert.equal(digestResponse(RFC_2617), '6629fae49393a05397450978507c4ef1');
});

test('RFC 2069 §2.4 as corrected by its erratum: the response without qop', () => {
  const ha1 = computeHa1('MD5', 'Mufasa', 'testrealm@host.com', 'CircleOfLife');
  const input = { ...RFC_2617, ha1, qop: undefined, nc: undefined, cnonce: undefined };
  assert.equal(digestResponse(input), '1949323746fe6a43ef61f9606e7febea');
});

test('RFC 3261 §22.4 item 7: with auth-int an empty body is hashed as the empty text', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const ha2 = md5('GET:/dir/index.html:d41d8cd98f00b204e9800998ecf8427e');
  const expected = md5(`${RFC_2617.ha1}:${RFC_2617.nonce}:00000001:0a4f113b:auth-int:${ha2}`);
  assert.equal(digestResponse({ ...RFC_2617, qop: 'auth-int' }), expected);
});

test('with auth-int another body is another response; text and bytes are the same body', () => {
  const input = { ...RFC_2617, qop: 'auth-int' } as const;
  const text = digestResponse({ ...input, body: 'v=0\r\n\xe9' });
  assert.notEqual(text, digestResponse(input));
  assert.equal(text, digestResponse({ ...input, body: Buffer.from('v=0\r\n\xe9', 'latin1') }));
});

test('names beyond ASCII are hashed as UTF-8 when stored and as received bytes when checked', () => {
  const stored = deriveSecrets('jürgen', 'sip.example', 'schlüssel');
  const onTheWire = Buffer.from('jürgen', 'utf8').toString('latin1');
  const password = Buffer.from('schlüssel', 'utf8').toString('latin1');
  assert.equal(stored.ha1, createHash('md5').update('jürgen:sip.example:schlüssel', 'utf8').digest('hex'));
  assert.equal(computeHa1('MD5', onTheWire, 'sip.example', password), stored.ha1);
  assert.equal(computeHa1('SHA-256', onTheWire, 'sip.example', password), stored.ha1Sha256);
});

test('RFC 7616 §3.3: algorithm is matched in any case, missing means MD5, -sess is not offered', () => {
  assert.equal(digestAlgorithm('sha-256'), 'SHA-256');
  assert.equal(digestAlgorithm('md5'), 'MD5');
  assert.equal(digestAlgorithm(undefined), 'MD5');
  for (const name of ['MD5-sess', 'SHA-256-sess', 'SHA-512-256', 'AKAv1-MD5', '', '__proto__']) {
    assert.equal(digestAlgorithm(name), undefined, name);
  }
});

test('a stored hash of the wrong length opens nothing; upper case is accepted', () => {
  assert.equal(ha1For({ ha1: '' }, 'MD5'), undefined);
  assert.equal(ha1For({ ha1: 'a'.repeat(32), ha1Sha256: '' }, 'SHA-256'), undefined);
  assert.equal(ha1For({ ha1: 'a'.repeat(32) }, 'SHA-256'), undefined);
  assert.equal(ha1For({ ha1: 'A'.repeat(32) }, 'MD5'), 'a'.repeat(32));
});
