import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { openTransaction } from '../../../src/script/relay.ts';
import { authRows } from '../../../src/script/ksr/auth.ts';
import { computeHa1 } from '../../../src/sip/auth/algorithm.ts';
import { callable, request, written, type RequestParts } from '../route-fixture.ts';
import { authorization, parseSent, values, type PhoneAnswer } from '../modules/digest-phone.ts';
import { moduleStage, type ModuleStage } from '../modules/module-stage.ts';

const auth = callable(authRows);

/** Challenges a request and gives the same one with the answer. */
function answered(here: ModuleStage, more: Partial<PhoneAnswer> & { parts?: RequestParts; flags?: number; headers?: string } = {}) {
  const method = more.parts?.method ?? 'INVITE';
  auth(here.route(request({ ...more.parts, method })), 'auth_challenge', 'proxy.test', more.flags ?? 1);
  const challenge = parseSent(here.sent.at(-1));
  return here.route(request({ ...more.parts, method, headers: `${more.headers ?? ''}${authorization({ challenge, method, ...more })}` }));
}

describe('challenges', () => {
  test('auth_challenge answers REGISTER with 401 and WWW-Authenticate, all else with 407 and Proxy-Authenticate; 1', () => {
    const here = moduleStage();
    assert.equal(auth(here.route(request({ method: 'REGISTER' })), 'auth_challenge', 'proxy.test', 1), 1);
    assert.equal(auth(here.route(request()), 'auth_challenge', 'proxy.test', 1), 1);
    const [first, second] = here.sent.map(parseSent);
    assert.deepEqual([first!.status, values(first!, 'WWW-Authenticate').length, values(first!, 'Proxy-Authenticate').length], [401, 2, 0]);
    assert.deepEqual([second!.status, values(second!, 'WWW-Authenticate').length, values(second!, 'Proxy-Authenticate').length], [407, 0, 2]);
  });

  test('www_challenge and proxy_challenge take one of them whatever the method', () => {
    const here = moduleStage();
    auth(here.route(request()), 'www_challenge', 'proxy.test', 1);
    auth(here.route(request({ method: 'REGISTER' })), 'proxy_challenge', 'proxy.test', 1);
    assert.deepEqual(here.sent.map((sent) => parseSent(sent).status), [401, 407]);
  });

  test('one header line for each algorithm, the preferred one first (RFC 8760 §2.4)', () => {
    const here = moduleStage();
    auth(here.route(request()), 'auth_challenge', 'proxy.test', 1);
    const algorithms = values(parseSent(here.sent[0]), 'Proxy-Authenticate').map((value) => /algorithm=([\w-]+)/.exec(value)![1]);
    assert.deepEqual(algorithms, ['SHA-256', 'MD5']);
  });

  test('flags: 0 no qop, 1 auth, 2 auth-int, 16 stale', () => {
    const here = moduleStage();
    const challenge = (flags: number) => {
      auth(here.route(request()), 'auth_challenge', 'proxy.test', flags);
      return values(parseSent(here.sent.at(-1)), 'Proxy-Authenticate')[0]!;
    };
    assert.doesNotMatch(challenge(0), /qop|stale/);
    assert.match(challenge(1), /qop="auth"/);
    assert.match(challenge(2), /qop="auth-int"/);
    assert.match(challenge(17), /stale=true/);
  });

  test('without a transaction the reply is stateless, and the route knows that it is answered', () => {
    const here = moduleStage();
    const route = here.route(request());
    auth(route, 'auth_challenge', 'proxy.test', 1);
    assert.deepEqual([route.repliedStatelessly, route.transaction, here.services.endpoint.serverTransactionCount], [true, undefined, 0]);
  });

  test('with a transaction the reply goes through it', () => {
    const here = moduleStage();
    const route = here.route(request());
    openTransaction(route);
    assert.equal(auth(route, 'auth_challenge', 'proxy.test', 1), 1);
    assert.equal(route.transaction!.context.finalStatus, 407);
    assert.equal(auth(route, 'auth_challenge', 'proxy.test', 1), -3);
  });

  test('ACK and CANCEL, and a request without a realm to ask for, are not challenged: -2', () => {
    const here = moduleStage();
    assert.equal(auth(here.route(request({ method: 'ACK' })), 'auth_challenge', 'proxy.test', 1), -2);
    assert.equal(auth(here.route(request({ method: 'CANCEL' })), 'auth_challenge', 'proxy.test', 1), -2);
    assert.equal(auth(here.route(request()), 'auth_challenge', '', 1), -2);
    assert.deepEqual(here.sent, []);
  });

  test('auth_algorithm leaves one algorithm for this run; -1 for an unknown one', () => {
    const here = moduleStage();
    const route = here.route(request());
    assert.deepEqual([auth(route, 'auth_algorithm', 'SHA-512'), auth(route, 'auth_algorithm', ''), auth(route, 'auth_algorithm', 'MD5')], [-1, -1, 1]);
    auth(route, 'auth_challenge', 'proxy.test', 1);
    assert.deepEqual(values(parseSent(here.sent[0]), 'Proxy-Authenticate').length, 1);
  });
});

describe('pv_auth_check', () => {
  test('1 for the right password, in both algorithms and without qop; $au and $ar are then known', () => {
    for (const more of [{}, { md5: true }, { flags: 0 }]) {
      const route = answered(moduleStage(), more);
      assert.equal(auth(route, 'pv_auth_check', 'proxy.test', 'secret', 0, 0), 1);
      assert.deepEqual([route.authUser, route.authRealm], ['alice', 'proxy.test']);
    }
  });

  test('flag 1: the password is H(A1), of the algorithm that its length tells', () => {
    const md5 = computeHa1('MD5', 'alice', 'proxy.test', 'secret');
    const sha256 = computeHa1('SHA-256', 'alice', 'proxy.test', 'secret');
    assert.equal(auth(answered(moduleStage(), { md5: true }), 'pv_auth_check', 'proxy.test', md5, 1, 0), 1);
    assert.equal(auth(answered(moduleStage()), 'pv_auth_check', 'proxy.test', sha256, 1, 0), 1);
    assert.equal(auth(answered(moduleStage()), 'pv_auth_check', 'proxy.test', md5, 1, 0), -1);
  });

  test('-2 for a wrong password, counted and told in the log without it', () => {
    const here = moduleStage();
    const route = answered(here, { password: 'guess' });
    assert.equal(auth(route, 'pv_auth_check', 'proxy.test', 'secret', 0, 0), -2);
    assert.deepEqual([route.authUser, here.modules.counters.authRejected.value], ['', 1]);
    assert.deepEqual(here.logger.lines.at(-1)!.fields, { result: 'bad-password', user: 'alice', address: '192.0.2.10', callId: 'call-1@example.com' });
  });

  test('-4 for a nonce that is too old, and the next challenge says stale', () => {
    const here = moduleStage();
    const route = answered(here);
    here.clock.advance(300_000);
    assert.equal(auth(route, 'pv_auth_check', 'proxy.test', 'secret', 0, 0), -4);
    auth(route, 'auth_challenge', 'proxy.test', 1);
    assert.match(values(parseSent(here.sent.at(-1)), 'Proxy-Authenticate')[0]!, /stale=true/);
  });

  test('-5 without credentials for the realm, also when there are some for another', () => {
    const here = moduleStage();
    assert.equal(auth(here.route(request()), 'pv_auth_check', 'proxy.test', 'secret', 0, 0), -5);
    assert.equal(auth(answered(here), 'pv_auth_check', 'other.test', 'secret', 0, 0), -5);
  });

  test('-6 for an answer that was used before', () => {
    const here = moduleStage();
    const route = answered(here);
    auth(route, 'pv_auth_check', 'proxy.test', 'secret', 0, 0);
    assert.equal(auth(here.route(route.message), 'pv_auth_check', 'proxy.test', 'secret', 0, 0), -6);
  });

  test('checks 1: -8 when From, of REGISTER To, is another user; the credentials then count for nothing', () => {
    const here = moduleStage();
    assert.equal(auth(answered(here), 'pv_auth_check', 'proxy.test', 'secret', 0, 1), 1);
    const route = answered(here, { parts: { from: '<sip:mallory@example.com>;tag=1' } });
    assert.equal(auth(route, 'pv_auth_check', 'proxy.test', 'secret', 0, 1), -8);
    assert.deepEqual([route.authUser, auth(route, 'consume_credentials')], ['', -1]);
    const register = { method: 'REGISTER', from: '<sip:alice@proxy.test>;tag=1', to: '<sip:carol@proxy.test>' };
    assert.equal(auth(answered(here, { parts: register }), 'pv_auth_check', 'proxy.test', 'secret', 0, 1), -8);
  });

  test('checks 3: no identity check of calls and messages, but still of REGISTER', () => {
    const here = moduleStage();
    const from = '<sip:mallory@example.com>;tag=1';
    assert.equal(auth(answered(here, { parts: { from } }), 'pv_auth_check', 'proxy.test', 'secret', 0, 3), 1);
    assert.equal(auth(answered(here, { parts: { from, method: 'SUBSCRIBE' } }), 'pv_auth_check', 'proxy.test', 'secret', 0, 3), -8);
    assert.equal(auth(answered(here, { parts: { from, to: from, method: 'REGISTER' } }), 'pv_auth_check', 'proxy.test', 'secret', 0, 3), -8);
  });

  test('checks 1: To of a REGISTER must be From, user and host', () => {
    const here = moduleStage();
    const check = (from: string, to: string) => auth(answered(here, { parts: { method: 'REGISTER', from, to } }), 'pv_auth_check', 'proxy.test', 'secret', 0, 1);
    assert.equal(check('<sip:alice@proxy.test>;tag=1', '<sip:%61lice@PROXY.test>'), 1);
    assert.equal(check('<sip:bob@proxy.test>;tag=1', '<sip:alice@proxy.test>'), -8);
    assert.equal(check('<sip:alice@other.test>;tag=1', '<sip:alice@proxy.test>'), -8);
  });

  test('checks 1: the Request-URI of a PUBLISH must be From too', () => {
    const here = moduleStage();
    const to = '<sip:alice@proxy.test>';
    const check = (uri: string) => auth(answered(here, { uri, parts: { method: 'PUBLISH', from: `${to};tag=1`, to, uri } }), 'pv_auth_check', 'proxy.test', 'secret', 0, 1);
    assert.deepEqual([check('sip:alice@proxy.test'), check('sip:bob@proxy.test')], [1, -8]);
  });

  test('-1 without a realm or a password; 1 for ACK and CANCEL, which nobody can be asked for', () => {
    const here = moduleStage();
    assert.deepEqual([auth(here.route(), 'pv_auth_check', '', 'x', 0, 0), auth(here.route(), 'pv_auth_check', 'proxy.test', '', 0, 0)], [-1, -1]);
    assert.deepEqual(['ACK', 'CANCEL'].map((method) => auth(here.route(request({ method })), 'pv_auth_check', 'proxy.test', 'x', 0, 0)), [1, 1]);
  });

  test('-1 when the answer was made for another Request-URI', () => {
    assert.equal(auth(answered(moduleStage(), { uri: 'sip:premium@proxy.test' }), 'pv_auth_check', 'proxy.test', 'secret', 0, 0), -1);
  });

  test('wrong passwords from one network lock it: then the right one gives -2 too, until the lock ends', () => {
    const here = moduleStage();
    for (let n = 0; n < 3; n += 1) auth(answered(here, { password: 'guess' }), 'pv_auth_check', 'proxy.test', 'secret', 0, 0);
    assert.equal(auth(answered(here), 'pv_auth_check', 'proxy.test', 'secret', 0, 0), -2);
    here.clock.advance(300_000);
    assert.equal(auth(answered(here), 'pv_auth_check', 'proxy.test', 'secret', 0, 0), 1);
  });
});

test('pv_www_authenticate reads Authorization, pv_proxy_authenticate Proxy-Authorization', () => {
  const here = moduleStage();
  const invite = answered(here);
  assert.equal(auth(invite, 'pv_www_authenticate', 'proxy.test', 'secret', 0), -5);
  assert.equal(auth(invite, 'pv_proxy_authenticate', 'proxy.test', 'secret', 0), 1);
  const register = answered(here, { parts: { method: 'REGISTER' } });
  assert.equal(auth(register, 'pv_proxy_authenticate', 'proxy.test', 'secret', 0), -5);
  assert.equal(auth(register, 'pv_www_authenticate', 'proxy.test', 'secret', 0), 1);
});

test('pv_www_authenticate_method checks an answer that was made for another method', () => {
  const here = moduleStage();
  const route = answered(here, { method: 'GET', parts: { method: 'REGISTER' } });
  assert.equal(auth(route, 'pv_www_authenticate_method', 'proxy.test', 'secret', 0, 'GET'), 1);
});

test('has_credentials gives 1 for credentials of the realm, right or wrong, else -1', () => {
  const route = answered(moduleStage(), { password: 'wrong' });
  assert.deepEqual([auth(route, 'has_credentials', 'proxy.test'), auth(route, 'has_credentials', 'other.test')], [1, -1]);
});

describe('consume_credentials', () => {
  test('removes the credentials that were accepted and leaves those for others', () => {
    const theirs = 'Proxy-Authorization: Digest username="a", realm="next.test", nonce="n", uri="sip:x", response="r"\r\n';
    const route = answered(moduleStage(), { headers: theirs });
    assert.equal(auth(route, 'consume_credentials'), -1);
    auth(route, 'pv_auth_check', 'proxy.test', 'secret', 0, 0);
    assert.equal(auth(route, 'consume_credentials'), 1);
    assert.equal(written(route), route.message.raw.replace(/Proxy-Authorization: Digest username="alice".*\r\n/, ''));
    assert.match(written(route), /realm="next\.test"/);
  });
});
