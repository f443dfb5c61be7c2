import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { authRows } from '../../../src/script/ksr/auth.ts';
import { authDbRows } from '../../../src/script/ksr/auth_db.ts';
import { deriveSecrets } from '../../../src/sip/auth/algorithm.ts';
import { callable, request } from '../route-fixture.ts';
import { authorization, parseSent, type PhoneAnswer } from '../modules/digest-phone.ts';
import { moduleStage, type ModuleStage } from '../modules/module-stage.ts';

const auth = callable(authRows);
const byName = new Map(authDbRows.map((row) => [row.name, row]));
const authDb = (route: ReturnType<ModuleStage['route']>, name: string, ...args: (string | number)[]) => byName.get(name)!.run(route, ...args);

const REGISTER = { method: 'REGISTER', uri: 'sip:proxy.test', from: '<sip:alice@proxy.test>;tag=1', to: '<sip:alice@proxy.test>' };

function setPassword(here: ModuleStage, password: string): void {
  const { ha1, ha1Sha256 } = deriveSecrets('alice', 'proxy.test', password);
  here.users.known.set('alice@proxy.test', { ha1, ha1Sha256: ha1Sha256! });
}

function start(): ModuleStage {
  const here = moduleStage();
  setPassword(here, 'secret');
  return here;
}

function register(here: ModuleStage, more: Partial<PhoneAnswer> = {}) {
  auth(here.route(request(REGISTER)), 'auth_challenge', 'proxy.test', 1);
  const challenge = parseSent(here.sent.at(-1));
  const headers = authorization({ challenge, method: 'REGISTER', uri: 'sip:proxy.test', ...more });
  return here.route(request({ ...REGISTER, headers }));
}

const check = (here: ModuleStage, more: Partial<PhoneAnswer> = {}) => authDb(register(here, more), 'auth_check', 'proxy.test', 'subscriber', 1);

describe('auth_check', () => {
  test('1 right, -2 wrong password, -3 unknown user', async () => {
    const here = start();
    assert.equal(await check(here), 1);
    assert.equal(await check(here, { password: 'guess' }), -2);
    assert.equal(await check(here, { username: 'nobody' }), -3);
  });

  test('-5 without credentials and -4 with a stale nonce, without a question to the store', () => {
    const here = start();
    assert.equal(authDb(here.route(request(REGISTER)), 'auth_check', 'proxy.test', 'subscriber', 1), -5);
    const route = register(here);
    here.clock.advance(300_000);
    assert.equal(authDb(route, 'auth_check', 'proxy.test', 'subscriber', 1), -4);
    assert.equal(here.users.questions, 0);
  });

  test('-8 when the right credentials register another user', async () => {
    const here = start();
    auth(here.route(request(REGISTER)), 'auth_challenge', 'proxy.test', 1);
    const headers = authorization({ challenge: parseSent(here.sent.at(-1)), method: 'REGISTER', uri: 'sip:proxy.test' });
    const other = { ...REGISTER, from: '<sip:bob@proxy.test>;tag=1', to: '<sip:bob@proxy.test>', headers };
    const route = here.route(request(other));
    assert.equal(await authDb(route, 'auth_check', 'proxy.test', 'subscriber', 1), -8);
    assert.equal(route.authUser, '');
  });

  test('1 for ACK and CANCEL without a check', () => {
    const here = start();
    for (const method of ['ACK', 'CANCEL']) assert.equal(authDb(here.route(request({ method })), 'auth_check', 'proxy.test', 'subscriber', 1), 1);
  });

  test('-1 for an empty realm, an empty table and a table that does not exist, which is logged', () => {
    const here = start();
    const route = register(here);
    assert.deepEqual([authDb(route, 'auth_check', '', 'subscriber', 1), authDb(route, 'auth_check', 'proxy.test', '', 1), authDb(route, 'auth_check', 'proxy.test', 'users', 1)], [-1, -1, -1]);
    assert.match(here.logger.errors.at(-1)!, /table subscriber only/);
  });

  test('rejects when the store cannot be asked, which a script sees as -1', async () => {
    const here = start();
    here.users.down = true;
    await assert.rejects(async () => check(here), /away/);
  });
});

describe('a user who was looked up before', () => {
  test('is checked at once, without a promise and without a question', async () => {
    const here = start();
    await check(here);
    assert.equal(check(here), 1);
    assert.equal(here.users.questions, 1);
  });

  test('is asked for again after 30 s', async () => {
    const here = start();
    await check(here);
    here.clock.advance(30_000);
    assert.equal(await check(here), 1);
    assert.equal(here.users.questions, 2);
  });

  test('gets in with a new password at once', async () => {
    const here = start();
    await check(here);
    setPassword(here, 'changed');
    assert.equal(await check(here, { password: 'changed' }), 1);
    assert.equal(await check(here, { password: 'secret' }), -2);
  });

  test('a user who is unknown is not asked for again within 5 s', async () => {
    const here = start();
    await check(here, { username: 'nobody' });
    assert.equal(check(here, { username: 'nobody' }), -3);
    assert.equal(here.users.questions, 1);
  });
});

test('wrong passwords lock the user name for strangers; the store is then not asked any more', async () => {
  const here = start();
  for (let n = 0; n < 3; n += 1) await check(here, { password: `guess${n}` });
  const { questions } = here.users;
  assert.equal(check(here), -2);
  assert.equal(here.users.questions, questions);
});

test('guesses that began together are counted together: none past the limit learns the truth', async () => {
  const here = start();
  const routes = [...Array.from({ length: 5 }, (_, n) => register(here, { password: `guess${n}` })), register(here)];
  const codes = await Promise.all(routes.map((route) => authDb(route, 'auth_check', 'proxy.test', 'subscriber', 1)));
  assert.deepEqual(codes, [-2, -2, -2, -2, -2, -2]);
});

test('www_authenticate reads Authorization of any method and compares no names', async () => {
  const here = start();
  auth(here.route(request()), 'www_challenge', 'proxy.test', 1);
  const headers = authorization({ challenge: parseSent(here.sent.at(-1)), method: 'INVITE' });
  const route = here.route(request({ headers, from: '<sip:other@proxy.test>;tag=1' }));
  assert.equal(await authDb(route, 'www_authenticate', 'proxy.test', 'subscriber'), 1);
  assert.equal(route.authUser, 'alice');
});

test('is_subscriber gives 1 for a known user and -1 else; flag 1 takes the domain of the URI', async () => {
  const here = start();
  const ask = (uri: string, flags: number) => authDb(here.route(), 'is_subscriber', uri, 'subscriber', flags);
  assert.deepEqual([await ask('sip:alice@anywhere.test', 0), await ask('sip:alice@anywhere.test', 1), await ask('sip:alice@proxy.test', 1)], [1, -1, 1]);
  assert.deepEqual([await ask('sip:nobody@proxy.test', 0), await ask('sip:proxy.test', 0), await ask('alice', 0)], [-1, -1, -1]);
});
