import assert from 'node:assert/strict';
import test from 'node:test';
import { deriveSecrets, type DigestAlgorithm, type DigestSecrets } from '../../../src/sip/auth/algorithm.ts';
import { answerChallenge, type AnswerOptions } from '../../../src/sip/auth/answer.ts';
import { DigestAuthenticator, type AuthenticatedRequest } from '../../../src/sip/auth/authenticator.ts';
import { findCredentials, type Qop } from '../../../src/sip/auth/credentials.ts';
import { Lockout } from '../../../src/sip/auth/lockout.ts';
import { NonceUses } from '../../../src/sip/auth/nonce-uses.ts';
import { NonceSource } from '../../../src/sip/auth/nonce.ts';
import { asksForFreshNonce, AUTH_RESULT_CODES, type AuthResult } from '../../../src/sip/auth/result.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';

const REALM = 'sip.example';
const ALICE = deriveSecrets('alice', REALM, 'alice-pw');
const BOB = deriveSecrets('bob', REALM, 'bob-pw');
const REGISTER: AuthenticatedRequest = {
  method: 'REGISTER',
  body: '',
  requestUri: 'sip:sip.example',
  sourceAddress: '192.0.2.1',
};

/** A node and a phone that answers its challenges. */
class Bench {
  readonly clock = new VirtualClock();
  readonly lockout: Lockout;
  readonly node: DigestAuthenticator;

  constructor(userFailures = 10) {
    const { clock } = this;
    this.lockout = new Lockout({ clock, userFailures });
    const nonces = new NonceSource({ clock });
    const uses = new NonceUses({ clock, lifetimeMs: nonces.lifetimeMs });
    this.node = new DigestAuthenticator({ nonces, uses, lockout: this.lockout });
  }

  challenge(options: { qop?: readonly Qop[]; algorithms?: readonly DigestAlgorithm[] } = {}): string[] {
    const { qop = ['auth'], ...rest } = options;
    return this.node.challenge({ realm: REALM, sourceAddress: REGISTER.sourceAddress, qop, stale: false, ...rest });
  }

  answer(challenges: readonly string[], changes: Partial<AnswerOptions> = {}): string {
    const value = answerChallenge({
      challenges,
      method: 'REGISTER',
      uri: 'sip:sip.example',
      username: 'alice',
      password: 'alice-pw',
      cnonce: '0a4f113b',
      nonceCount: 1,
      ...changes,
    });
    return value ?? assert.fail('the challenge cannot be answered');
  }

  check(value: string, request: Partial<AuthenticatedRequest> = {}, secrets: DigestSecrets = ALICE): AuthResult {
    const credentials = findCredentials([value], REALM);
    if (credentials === undefined) return 'no-credentials';
    const attempt = this.node.begin(credentials, { ...REGISTER, ...request });
    return typeof attempt === 'string' ? attempt : attempt.finish(secrets);
  }

  /** Like `check`, for a user who does not exist. */
  checkUnknown(value: string): AuthResult {
    const attempt = this.node.begin(findCredentials([value], REALM) ?? assert.fail('no credentials'), REGISTER);
    return typeof attempt === 'string' ? attempt : attempt.finish(undefined);
  }
}

test('the right password is ok in SHA-256 and MD5, with auth, auth-int and without qop', () => {
  const bench = new Bench();
  assert.equal(bench.check(bench.answer(bench.challenge())), 'ok');
  assert.equal(bench.check(bench.answer(bench.challenge({ algorithms: ['MD5'] }))), 'ok');
  const withBody = bench.answer(bench.challenge({ qop: ['auth-int'] }), { body: 'v=0' });
  assert.equal(bench.check(withBody, { body: 'v=1' }), 'bad-password');
  assert.equal(bench.check(withBody, { body: 'v=0' }), 'ok');
  const [noQop = ''] = bench.node.challenge({ realm: REALM, sourceAddress: '192.0.2.1', qop: undefined, stale: false });
  const old = bench.answer([noQop]);
  assert.equal(bench.check(old), 'ok');
  assert.equal(bench.check(old), 'nonce-reused');
});

test('a replay is nonce-reused and asks for a fresh nonce; the next count is ok', () => {
  const bench = new Bench();
  const challenge = bench.challenge();
  const first = bench.answer(challenge);
  assert.equal(bench.check(first), 'ok');
  assert.equal(bench.check(first), 'nonce-reused');
  assert.equal(asksForFreshNonce('nonce-reused'), true);
  assert.equal(bench.check(bench.answer(challenge, { nonceCount: 2 })), 'ok');
});

test('a phone that keeps nc=1 is served again with the nonce of a stale challenge', () => {
  const bench = new Bench();
  const challenge = bench.challenge();
  assert.equal(bench.check(bench.answer(challenge)), 'ok');
  assert.equal(bench.check(bench.answer(challenge, { cnonce: 'other' })), 'nonce-reused');
  const again = bench.node.challenge({ realm: REALM, sourceAddress: '192.0.2.1', qop: ['auth'], stale: true });
  assert.match(again[0] ?? '', /stale=true/);
  assert.equal(bench.check(bench.answer(again)), 'ok');
});

test('an answer is bound to its method, source address, user and resource', () => {
  const bench = new Bench();
  const value = bench.answer(bench.challenge(), { uri: 'sip:carol@sip.example' });
  const requestUri = 'sip:carol@sip.example;transport=udp';
  assert.equal(bench.check(value, { requestUri, method: 'INVITE' }), 'bad-password');
  assert.equal(bench.check(value, { requestUri, sourceAddress: '192.0.2.2' }), 'stale');
  assert.equal(bench.check(value, { requestUri: 'sip:dave@sip.example' }), 'error');
  assert.equal(bench.check(value.replace('"alice"', '"bob"'), { requestUri }, BOB), 'bad-password');
  assert.equal(bench.check(value, { requestUri }), 'ok');
});

test('without a Request-URI given the resource is not compared', () => {
  const bench = new Bench();
  assert.equal(bench.check(bench.answer(bench.challenge()), { requestUri: undefined }), 'ok');
  assert.equal(bench.check(bench.answer(bench.challenge(), { uri: 'sip:x@y' }), { requestUri: undefined }), 'ok');
});

test('a forged nonce and an expired one are stale, whatever the password', () => {
  const bench = new Bench();
  const forged = 'Digest realm="sip.example", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", qop="auth"';
  assert.equal(bench.check(bench.answer([forged])), 'stale');
  const challenge = bench.challenge();
  bench.clock.advance(300_000);
  assert.equal(bench.check(bench.answer(challenge)), 'stale');
  assert.equal(bench.check(bench.answer(challenge, { password: 'wrong' })), 'stale');
});

test('a wrong answer does not use up the count of the right one', () => {
  const bench = new Bench();
  const challenge = bench.challenge();
  assert.equal(bench.check(bench.answer(challenge, { password: 'wrong' })), 'bad-password');
  assert.equal(bench.check(bench.answer(challenge)), 'ok');
});

test('an unknown user is told apart in the result only, and counts as a failure', () => {
  const bench = new Bench(1);
  const value = bench.answer(bench.challenge(), { username: 'nobody' });
  assert.equal(bench.checkUnknown(value), 'unknown-user');
  assert.equal(bench.checkUnknown(value), 'bad-password');
});

test('no credentials for the realm, or of another scheme, are no credentials', () => {
  const bench = new Bench();
  assert.equal(bench.check('NoOneKnowsThisScheme opaque-data=here'), 'no-credentials');
  assert.equal(bench.check(bench.answer(bench.challenge()).replace(REALM, 'other')), 'no-credentials');
});

test('an account without a hash for the algorithm is an error, an empty hash opens nothing', () => {
  const bench = new Bench();
  assert.equal(bench.check(bench.answer(bench.challenge()), {}, { ha1: ALICE.ha1 }), 'error');
  assert.equal(bench.check(bench.answer(bench.challenge()), {}, { ha1: ALICE.ha1, ha1Sha256: '' }), 'error');
  assert.equal(bench.check(bench.answer(bench.challenge({ algorithms: ['MD5'] })), {}, { ha1: ALICE.ha1 }), 'ok');
});

test('after too many failures even the right password is answered as a wrong one, in each spelling of the name', () => {
  const bench = new Bench(3);
  for (const username of ['alice', 'alice@sip.example', 'alice@elsewhere']) {
    assert.equal(bench.check(bench.answer(bench.challenge(), { username, password: 'wrong' })), 'bad-password');
  }
  assert.equal(bench.check(bench.answer(bench.challenge())), 'bad-password');
  const bob = bench.answer(bench.challenge(), { username: 'bob', password: 'bob-pw' });
  assert.equal(bench.check(bob, {}, BOB), 'ok');
  bench.clock.advance(300_000);
  assert.equal(bench.check(bench.answer(bench.challenge())), 'ok');
});

test('guesses that wait for the look-up together are bounded too', () => {
  const bench = new Bench(3);
  const guesses = Array.from({ length: 10 }, (_, index) => {
    const password = index === 9 ? 'alice-pw' : `guess-${index}`;
    const credentials = findCredentials([bench.answer(bench.challenge(), { password })], REALM);
    const attempt = bench.node.begin(credentials ?? assert.fail('no credentials'), REGISTER);
    return typeof attempt === 'string' ? assert.fail(attempt) : attempt;
  });
  const results = new Set(guesses.map((attempt) => attempt.finish(ALICE)));
  assert.deepEqual([...results], ['bad-password']);
});

test('a replay is no login: it forgets no failures', () => {
  const bench = new Bench(3);
  const value = bench.answer(bench.challenge());
  assert.equal(bench.check(value), 'ok');
  for (let index = 0; index < 2; index += 1) bench.lockout.failed(`alice@${REALM}`, '203.0.113.1');
  assert.equal(bench.check(value), 'nonce-reused');
  bench.lockout.failed(`alice@${REALM}`, '203.0.113.1');
  assert.equal(bench.lockout.refuses(`alice@${REALM}`, '203.0.113.2'), true);
});

test('results have the numbers of KEMI', () => {
  assert.deepEqual(AUTH_RESULT_CODES, {
    ok: 1,
    error: -1,
    'bad-password': -2,
    'unknown-user': -3,
    stale: -4,
    'no-credentials': -5,
    'nonce-reused': -6,
    'user-mismatch': -8,
  });
  const fresh = (Object.keys(AUTH_RESULT_CODES) as AuthResult[]).filter(asksForFreshNonce);
  assert.deepEqual(fresh, ['stale', 'nonce-reused']);
});
