import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { TwitterApi } from 'twitter-api-v2';
import { parseApiBase } from '../../../../src/x/api-base.ts';
import { EmulatorAgent } from '../../../../src/x/agents.ts';
import { SANDBOX_BEARER, SANDBOX_CLIENT, SANDBOX_KEYS } from '../../../../src/x/emulator/sandbox-keys.ts';
import { bearerRequest, leap, rawRequest, sandbox } from '../../sandbox.ts';
import { REDIRECT, answerPage, codeOf, exchange, tokenRequest, type Tokens } from './sign-in.ts';

const invalid = (error_description: string) => ({ error: 'invalid_request', error_description });

async function signIn(apiUrl: string): Promise<Tokens> {
  return (await exchange(apiUrl, await codeOf(apiUrl))).json as Tokens;
}

describe('the exchange of a code', () => {
  test('gives a pair whose access token is that user, for two hours', async (t) => {
    const x = await sandbox(t);
    const answer = await exchange(x.apiUrl, await codeOf(x.apiUrl));
    const { access_token, refresh_token, ...rest } = answer.json as Tokens;
    assert.deepEqual(rest, { token_type: 'bearer', expires_in: 7200, scope: 'tweet.read users.read offline.access' });
    assert.ok(refresh_token);
    const who = async () => (await bearerRequest(x.apiUrl, { token: access_token, target: '/2/users/me' })).json as { data?: { username: string } };
    assert.equal((await who()).data?.username, 'bob');
    leap(x.clock, 7_199_999);
    assert.equal((await who()).data?.username, 'bob');
    leap(x.clock, 1);
    assert.deepEqual(await who(), { title: 'Unauthorized', type: 'about:blank', status: 401, detail: 'Unauthorized' });
  });

  test('is taken as JSON too, since a library sends that', async (t) => {
    const x = await sandbox(t);
    const fields = { grant_type: 'authorization_code', code: await codeOf(x.apiUrl), redirect_uri: REDIRECT, code_verifier: 'v'.repeat(128) };
    assert.equal((await tokenRequest(x.apiUrl, fields, { asJson: true })).status, 200);
  });

  test('a code lives 30 seconds', async (t) => {
    const x = await sandbox(t);
    const [young, old] = [await codeOf(x.apiUrl), await codeOf(x.apiUrl)];
    leap(x.clock, 29_999);
    assert.equal((await exchange(x.apiUrl, young)).status, 200);
    leap(x.clock, 1);
    const late = await exchange(x.apiUrl, old);
    assert.equal(late.status, 400);
    assert.deepEqual(late.json, invalid('Value passed for the authorization code was invalid.'));
  });

  test('a code works once', async (t) => {
    const x = await sandbox(t);
    const code = await codeOf(x.apiUrl);
    assert.equal((await exchange(x.apiUrl, code)).status, 200);
    assert.equal((await exchange(x.apiUrl, code)).status, 400);
  });

  test('another redirect or verifier is refused, each with its sentence', async (t) => {
    const x = await sandbox(t);
    const redirected = await exchange(x.apiUrl, await codeOf(x.apiUrl), { redirect_uri: `${REDIRECT}/` });
    assert.deepEqual(redirected.json, invalid('Value passed for the redirect uri did not match the uri of the authorization code.'));
    const guessed = await exchange(x.apiUrl, await codeOf(x.apiUrl), { code_verifier: 'w'.repeat(128) });
    assert.deepEqual(guessed.json, invalid('Value passed for the code verifier did not match the code challenge.'));
  });

  test('what is missing is named', async (t) => {
    const x = await sandbox(t);
    assert.deepEqual((await exchange(x.apiUrl, await codeOf(x.apiUrl), { code_verifier: '' })).json, invalid('Missing required parameter [code_verifier].'));
    assert.deepEqual((await tokenRequest(x.apiUrl, {})).json, invalid('Missing required parameter [grant_type].'));
    assert.equal((await tokenRequest(x.apiUrl, { grant_type: 'password' })).status, 400);
  });

  test('a confidential client that does not prove itself is 401', async (t) => {
    const x = await sandbox(t);
    const fields = { grant_type: 'refresh_token', refresh_token: 'x', client_id: SANDBOX_CLIENT.clientId };
    const bare = await tokenRequest(x.apiUrl, fields, { authorization: undefined });
    assert.equal(bare.status, 401);
    assert.deepEqual(bare.json, { error: 'unauthorized_client', error_description: 'Missing valid authorization header' });
    assert.equal((await tokenRequest(x.apiUrl, fields, { authorization: 'Basic YTpi' })).status, 401);
  });

  test('a public client names itself in the body', async (t) => {
    const x = await sandbox(t, { oauth2Client: { clientId: SANDBOX_CLIENT.clientId } });
    const fields = { grant_type: 'authorization_code', code: await codeOf(x.apiUrl), redirect_uri: REDIRECT, code_verifier: 'v'.repeat(128) };
    assert.equal((await tokenRequest(x.apiUrl, fields, { authorization: undefined })).status, 401);
    assert.equal((await tokenRequest(x.apiUrl, { ...fields, client_id: SANDBOX_CLIENT.clientId }, { authorization: undefined })).status, 200);
  });
});

describe('refreshing', () => {
  test('rotates: the new pair works, the old access token and the used refresh token do not', async (t) => {
    const x = await sandbox(t);
    const old = await signIn(x.apiUrl);
    const answer = await tokenRequest(x.apiUrl, { grant_type: 'refresh_token', refresh_token: old.refresh_token });
    const fresh = answer.json as Tokens;
    assert.notEqual(fresh.refresh_token, old.refresh_token);
    assert.equal((await bearerRequest(x.apiUrl, { token: fresh.access_token, target: '/2/users/me' })).status, 200);
    assert.equal((await bearerRequest(x.apiUrl, { token: old.access_token, target: '/2/users/me' })).status, 401);
    const reused = await tokenRequest(x.apiUrl, { grant_type: 'refresh_token', refresh_token: old.refresh_token });
    assert.equal(reused.status, 400);
    assert.deepEqual(reused.json, invalid('Value passed for the token was invalid.'));
  });

  test('an answer that never arrives has rotated all the same', async (t) => {
    const x = await sandbox(t);
    const { refresh_token } = await signIn(x.apiUrl);
    await x.control.fault({ kind: 'drop-after-accept', path: '/2/oauth2/token' });
    await assert.rejects(tokenRequest(x.apiUrl, { grant_type: 'refresh_token', refresh_token }));
    assert.equal((await tokenRequest(x.apiUrl, { grant_type: 'refresh_token', refresh_token })).status, 400);
  });

  test('without offline.access there is nothing to refresh with', async (t) => {
    const x = await sandbox(t);
    const answer = await exchange(x.apiUrl, await codeOf(x.apiUrl, { scope: 'tweet.read users.read' }));
    assert.equal((answer.json as Tokens).refresh_token, undefined);
  });
});

describe('taking back', () => {
  test('revoking one token kills its pair, and revoking it again is no mistake', async (t) => {
    const x = await sandbox(t);
    const { access_token, refresh_token } = await signIn(x.apiUrl);
    for (let n = 0; n < 2; n += 1) {
      const answer = await tokenRequest(x.apiUrl, { token: refresh_token }, { target: '/2/oauth2/revoke' });
      assert.deepEqual([answer.status, answer.json], [200, { revoked: true }]);
    }
    assert.equal((await bearerRequest(x.apiUrl, { token: access_token, target: '/2/users/me' })).status, 401);
  });

  test('a user who takes the app out of the settings kills all of theirs, and nobody else\'s', async (t) => {
    const x = await sandbox(t);
    const bob = await signIn(x.apiUrl);
    const ann = await x.control.issueTokens('ann', 'tweet.read users.read');
    assert.equal(await x.control.revokeTokens('bob'), true);
    assert.equal(await x.control.revokeTokens('bob'), false);
    assert.equal((await bearerRequest(x.apiUrl, { token: bob.access_token, target: '/2/users/me' })).status, 401);
    assert.equal((await bearerRequest(x.apiUrl, { token: ann.access_token, target: '/2/users/me' })).status, 200);
  });
});

describe('scopes', () => {
  test('each endpoint wants its own; one that lacks is 403 with X\'s bare word', async (t) => {
    const x = await sandbox(t);
    const full = 'tweet.read tweet.write users.read dm.read dm.write';
    const { access_token: all } = await x.control.issueTokens('bob', full);
    const { id } = await x.control.putUser({ username: 'ann' });
    const requests = [
      { needs: 'users.read', target: '/2/users/me' },
      { needs: 'tweet.read', target: `/2/users/${id}/mentions` },
      { needs: 'dm.read', target: '/2/dm_events' },
      { needs: 'dm.write', target: `/2/dm_conversations/with/${id}/messages`, method: 'POST', body: { text: 'hi' } },
      { needs: 'tweet.write', target: '/2/tweets', method: 'POST', body: { text: 'hi' } },
    ];
    for (const { needs, ...request } of requests) {
      const lacking = (await x.control.issueTokens('bob', full.replace(needs, 'like.read'))).access_token;
      const refused = await bearerRequest(x.apiUrl, { token: lacking, ...request });
      assert.deepEqual([refused.status, refused.json], [403, { title: 'Forbidden', type: 'about:blank', status: 403, detail: 'Forbidden' }], needs);
      assert.equal((await x.control.requests()).at(-1)?.why, `the token lacks ${needs}`);
      assert.ok((await bearerRequest(x.apiUrl, { token: all, ...request })).status < 300, needs);
    }
    assert.equal((await x.control.inbox('ann'))[0]?.from, 'bob');
  });
});

describe('the bearer token of the app', () => {
  test('is given for the consumer key and secret, and is the same each time', async (t) => {
    const x = await sandbox(t);
    const authorization = `Basic ${Buffer.from(`${SANDBOX_KEYS.appKey}:${SANDBOX_KEYS.appSecret}`).toString('base64')}`;
    const options = { target: '/oauth2/token', authorization };
    const answer = await tokenRequest(x.apiUrl, { grant_type: 'client_credentials' }, options);
    assert.deepEqual(answer.json, { token_type: 'bearer', access_token: SANDBOX_BEARER });
    assert.equal((await bearerRequest(x.apiUrl, { token: SANDBOX_BEARER, target: '/2/users/by/username/bob' })).status, 200);
    const wrong = await tokenRequest(x.apiUrl, { grant_type: 'client_credentials' }, { ...options, authorization: 'Basic YTpi' });
    assert.deepEqual(wrong.json, { errors: [{ code: 99, message: 'Unable to verify your credentials', label: 'authenticity_token_error' }] });
    assert.equal((await tokenRequest(x.apiUrl, {}, options)).status, 403);
  });
});

test('twitter-api-v2 signs a user in, refreshes and gets the bearer token of the app, unchanged', async (t) => {
  const x = await sandbox(t);
  const settings = { httpAgent: new EmulatorAgent(parseApiBase(x.apiUrl), 2000) };
  const app = new TwitterApi(SANDBOX_CLIENT, settings);
  const link = app.generateOAuth2AuthLink(REDIRECT, { scope: ['tweet.read', 'users.read', 'offline.access'] });
  const { search } = new URL(link.url);
  const answer = await answerPage(x.apiUrl, await rawRequest(x.apiUrl, { target: `/i/oauth2/authorize${search}` }), { other: 'bob', allow: 'yes' });
  const code = new URL(answer.headers.location!).searchParams.get('code')!;
  const signedIn = await app.loginWithOAuth2({ code, codeVerifier: link.codeVerifier, redirectUri: REDIRECT });
  assert.equal((await signedIn.client.v2.me()).data.username, 'bob');
  const refreshed = await app.refreshOAuth2Token(signedIn.refreshToken!);
  assert.equal((await refreshed.client.v2.me()).data.username, 'bob');
  const { appKey, appSecret } = SANDBOX_KEYS;
  const asApp = await new TwitterApi({ appKey, appSecret }, settings).appLogin();
  assert.equal((await asApp.v2.userByUsername('bob')).data.username, 'bob');
});

test('the request log holds no code, verifier, token or secret', async (t) => {
  const x = await sandbox(t);
  const code = await codeOf(x.apiUrl);
  const { refresh_token } = (await exchange(x.apiUrl, code)).json as Tokens;
  await tokenRequest(x.apiUrl, { grant_type: 'refresh_token', refresh_token, client_secret: SANDBOX_CLIENT.clientSecret }, { asJson: true });
  const log = JSON.stringify(await x.control.requests());
  for (const secret of [code, refresh_token, 'v'.repeat(128), SANDBOX_CLIENT.clientSecret]) assert.ok(!log.includes(secret), secret);
  assert.match(log, /grant_type/);
});
