import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SystemClock } from '../../src/base/system-clock.ts';
import { SignIn, SIGN_IN_SCOPES } from '../../src/x/oauth2.ts';
import { XFailure } from '../../src/x/port.ts';
import { FAKE_CLIENT, FakeX } from '../console/fake-x.ts';
import { cannedServer, recordingLogger } from './sandbox.ts';

const REDIRECT = 'https://link.example.com/callback';
const clock = new SystemClock();

function signIn(apiBase: string | undefined, more: { timeoutMs?: number; client?: { clientId: string; clientSecret: string | undefined } } = {}) {
  const { logger, lines } = recordingLogger();
  const options = { client: FAKE_CLIENT, redirectUri: REDIRECT, clock, logger, ...more, ...(apiBase === undefined ? {} : { apiBase }) };
  return { x: new SignIn(options), log: () => lines.join('\n') };
}

async function failure(promise: Promise<unknown>): Promise<XFailure> {
  const thrown = await promise.then(() => assert.fail('it went well'), (reason: unknown) => reason);
  assert.ok(thrown instanceof XFailure, String(thrown));
  return thrown;
}

test('RFC 7636 §4.3: the browser goes to x.com with state, scopes, exact redirect URI and a challenge by S256', () => {
  const { x } = signIn(undefined);
  const [one, two] = [x.begin(), x.begin()];
  const url = new URL(one.url);
  assert.equal(`${url.origin}${url.pathname}`, 'https://x.com/i/oauth2/authorize');
  const value = (name: string) => url.searchParams.get(name);
  assert.deepEqual(
    [value('response_type'), value('client_id'), value('redirect_uri'), value('scope'), value('state'), value('code_challenge_method')],
    ['code', FAKE_CLIENT.clientId, REDIRECT, SIGN_IN_SCOPES.join(' '), one.state, 'S256'],
  );
  assert.ok(one.state.length >= 32 && one.state !== two.state && one.codeVerifier.length >= 43 && one.codeVerifier !== two.codeVerifier);
  assert.ok(!one.url.includes(one.codeVerifier));
});

test('with the sandbox the browser goes there', async (t) => {
  const fake = await FakeX.start();
  t.after(() => fake.close());
  assert.ok(signIn(fake.url).x.begin().url.startsWith(`${fake.url}/i/oauth2/authorize?`));
});

test('a code becomes a pair, the pair says who it is, the refresh token works once', async (t) => {
  const fake = await FakeX.start();
  t.after(() => fake.close());
  const { x, log } = signIn(fake.url);
  const { url, codeVerifier } = x.begin();
  const code = new URL(fake.allow(url)).searchParams.get('code')!;
  const grant = await x.finish({ code, codeVerifier });
  assert.deepEqual([grant.scope, grant.expiresInMs], [SIGN_IN_SCOPES, 7_200_000]);
  assert.deepEqual(await x.whoIs(grant.accessToken), { id: '7', username: 'Bob_Example', name: 'Bob_Example' });
  const renewed = await x.refresh(grant.refreshToken!);
  assert.ok(renewed.ok && renewed.tokens.accessToken !== grant.accessToken);
  const again = await x.refresh(grant.refreshToken!);
  assert.deepEqual(again, { ok: false, refused: true, reason: 'X answered invalid_request: Value passed for the token was invalid.' });
  await x.revoke(grant.accessToken);
  assert.deepEqual(fake.revoked, [grant.accessToken]);
  for (const secret of [code, codeVerifier, grant.accessToken, grant.refreshToken!, FAKE_CLIENT.clientSecret]) assert.ok(!log().includes(secret));
});

test('asking who it is costs, once a day for each account', async (t) => {
  const fake = await FakeX.start();
  t.after(() => fake.close());
  const spent: unknown[] = [];
  const { logger } = recordingLogger();
  const x = new SignIn({ client: FAKE_CLIENT, redirectUri: REDIRECT, clock, logger, apiBase: fake.url, onSpend: (...charge) => void spent.push(charge) });
  for (let i = 0; i < 2; i += 1) {
    const { url, codeVerifier } = x.begin();
    await x.whoIs((await x.finish({ code: new URL(fake.allow(url)).searchParams.get('code')!, codeVerifier })).accessToken);
  }
  assert.deepEqual(spent, [['user-read', 1, 10_000]]);
});

test('a code that X does not take is invalid, a client secret that it does not take is for the operator and ends no refresh token', async (t) => {
  const fake = await FakeX.start();
  t.after(() => fake.close());
  assert.equal((await failure(signIn(fake.url).x.finish({ code: 'made-up', codeVerifier: 'v'.repeat(64) }))).class, 'invalid');
  const { x } = signIn(fake.url, { client: { clientId: FAKE_CLIENT.clientId, clientSecret: 'wrong' } });
  const refused = await failure(x.finish({ code: 'made-up', codeVerifier: 'v'.repeat(64) }));
  assert.deepEqual([refused.class, refused.reason], ['unauthorized', 'X answered unauthorized_client: Missing valid authorization header']);
  assert.equal(refused.cause, undefined);
  assert.deepEqual(await x.refresh('any'), { ok: false, refused: false, reason: 'X answered unauthorized_client: Missing valid authorization header' });
});

test('no answer in time, a 500, an answer without token: nothing is known, and the refresh token is not given up', async (t) => {
  const silent = await cannedServer(t, () => {});
  const broken = await cannedServer(t, (_, response) => void response.writeHead(500).end('oops'));
  const empty = await cannedServer(t, (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"scope":"a"}'));
  for (const url of [silent, broken, empty]) {
    const { x } = signIn(url, { timeoutMs: 300 });
    const outcome = await x.refresh('refresh');
    assert.equal(!outcome.ok && !outcome.refused, true, JSON.stringify(outcome));
  }
});

test('without a client id, or with an emulator that is not near, there is no sign-in', () => {
  assert.throws(() => signIn(undefined, { client: { clientId: '', clientSecret: undefined } }), { code: 'x.misconfigured' });
  assert.throws(() => signIn('http://emulator.example.com'), { code: 'x.misconfigured' });
});
