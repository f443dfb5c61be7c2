import assert from 'node:assert/strict';
import test from 'node:test';
import { computeHa1, deriveSecrets } from '../../../src/sip/auth/algorithm.ts';
import { answerChallenge, type AnswerOptions } from '../../../src/sip/auth/answer.ts';
import { formatChallenges } from '../../../src/sip/auth/challenge.ts';
import { parseCredentials, type DigestCredentials } from '../../../src/sip/auth/credentials.ts';
import { verifyResponse } from '../../../src/sip/auth/verify.ts';

const NONCE = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
const OPAQUE = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS';
const CHALLENGE = `Digest realm="http-auth@example.org", qop="auth, auth-int", nonce="${NONCE}", opaque="${OPAQUE}"`;
const OPTIONS: AnswerOptions = {
  challenges: [`${CHALLENGE}, algorithm=MD5`, `${CHALLENGE}, algorithm=SHA-256`],
  method: 'GET',
  uri: '/dir/index.html',
  username: 'Mufasa',
  password: 'Circle of Life',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  nonceCount: 1,
};

function answered(options: AnswerOptions): DigestCredentials {
  const value = answerChallenge(options);
  assert.ok(value !== undefined, 'an answer');
  const credentials = parseCredentials(value);
  if ('failure' in credentials) assert.fail(credentials.reason);
  return credentials;
}

test('RFC 7616 §3.9.1: SHA-256 is answered where it is offered, with qop=auth and the opaque sent back', () => {
  assert.deepEqual(answered(OPTIONS), {
    username: 'Mufasa',
    realm: 'http-auth@example.org',
    nonce: NONCE,
    uri: '/dir/index.html',
    response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    algorithm: 'SHA-256',
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    opaque: OPAQUE,
    qop: 'auth',
    nc: '00000001',
  });
});

test('RFC 7616 §3.9.1: the MD5 challenge alone is answered in MD5', () => {
  const { algorithm, response } = answered({ ...OPTIONS, challenges: OPTIONS.challenges.slice(0, 1) });
  assert.deepEqual({ algorithm, response }, { algorithm: 'MD5', response: '8ca523f5e9506fed4657c9700eebdbec' });
});

test('RFC 3261 §22.4 item 8: a challenge without qop is answered without qop, nc and cnonce', () => {
  const challenges = [`Digest realm="r", nonce="${NONCE}"`];
  const { qop, nc, cnonce, response } = answered({ ...OPTIONS, challenges });
  assert.deepEqual({ qop, nc, cnonce }, { qop: undefined, nc: undefined, cnonce: undefined });
  assert.match(response, /^[0-9a-f]{32}$/);
});

test('auth-int alone covers the body', () => {
  const challenges = [`Digest realm="r", nonce="${NONCE}", qop="auth-int"`];
  const credentials = answered({ ...OPTIONS, challenges, body: 'v=0' });
  const ha1 = computeHa1('MD5', 'Mufasa', 'r', 'Circle of Life');
  assert.equal(credentials.qop, 'auth-int');
  assert.equal(verifyResponse(credentials, { method: 'GET', body: 'v=0' }, ha1), true);
  assert.equal(verifyResponse(credentials, { method: 'GET', body: 'v=1' }, ha1), false);
});

test('challenges that nobody here can answer are passed over', () => {
  const unknown = ['NoOneKnowsThisScheme x=y', 'Digest realm="r", nonce="n", algorithm=SHA-512-256', 'Digest'];
  assert.equal(answerChallenge({ ...OPTIONS, challenges: unknown }), undefined);
  assert.equal(answerChallenge({ ...OPTIONS, challenges: [] }), undefined);
  assert.equal(answered({ ...OPTIONS, challenges: [...unknown, ...OPTIONS.challenges] }).algorithm, 'SHA-256');
});

test('a name and a password beyond ASCII match what is stored for them', () => {
  const challenges = formatChallenges({ realm: 'r', nonce: 'n', qop: ['auth'], stale: false, opaque: undefined });
  const credentials = answered({ ...OPTIONS, challenges, username: 'жук', password: 'пароль', nonceCount: 0x1f });
  assert.equal(credentials.nc, '0000001f');
  const ha1 = deriveSecrets('жук', 'r', 'пароль').ha1Sha256 ?? '';
  assert.equal(verifyResponse(credentials, { method: 'GET', body: '' }, ha1), true);
});
