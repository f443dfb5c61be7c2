import assert from 'node:assert/strict';
import test from 'node:test';
import { SANDBOX_CLIENT } from '../../../../src/x/emulator/sandbox-keys.ts';
import { sandbox } from '../../sandbox.ts';
import { REDIRECT, VERIFIER, answerPage, askPage, exchange } from './sign-in.ts';

test('the page asks who signs in and for what, and sends the browser back with the code and the state', async (t) => {
  const x = await sandbox(t);
  await x.control.putUser({ username: 'bob' });
  const page = await askPage(x.apiUrl);
  assert.equal(page.status, 200);
  assert.match(page.text, /value="bob"/);
  assert.match(page.text, /Stay connected/);
  const policy = page.headers['content-security-policy'] as string;
  assert.match(policy, /form-action 'self' http:\/\/127\.0\.0\.1:8080;/);
  const answer = await answerPage(x.apiUrl, page, { username: 'bob', allow: 'yes' });
  assert.equal(answer.status, 303);
  const location = new URL(answer.headers.location!);
  assert.equal(location.origin + location.pathname, REDIRECT);
  assert.equal(location.searchParams.get('state'), 'state-1');
  assert.equal((await exchange(x.apiUrl, location.searchParams.get('code')!)).status, 200);
});

test('a redirect that has a query keeps it', async (t) => {
  const x = await sandbox(t);
  const page = await askPage(x.apiUrl, { redirect_uri: `${REDIRECT}?from=x` });
  const answer = await answerPage(x.apiUrl, page, { other: 'bob', allow: 'yes' });
  assert.equal(new URL(answer.headers.location!).searchParams.get('from'), 'x');
});

test('Cancel goes back with access_denied and the state, without a code', async (t) => {
  const x = await sandbox(t);
  const answer = await answerPage(x.apiUrl, await askPage(x.apiUrl), { username: 'sipweet', allow: 'no' });
  assert.deepEqual([...new URL(answer.headers.location!).searchParams], [['state', 'state-1'], ['error', 'access_denied']]);
});

test('a question is answered once', async (t) => {
  const x = await sandbox(t);
  const page = await askPage(x.apiUrl);
  await answerPage(x.apiUrl, page, { other: 'bob', allow: 'yes' });
  const again = await answerPage(x.apiUrl, page, { other: 'bob', allow: 'yes' });
  assert.deepEqual([again.status, again.headers.location], [400, undefined]);
});

test('what X would not ask is an error page that redirects nowhere', async (t) => {
  const x = await sandbox(t);
  const wrong: Record<string, string>[] = [
    { client_id: 'other' },
    { redirect_uri: 'https://evil.example/cb' },
    { redirect_uri: 'javascript:alert(1)' },
    { redirect_uri: `${REDIRECT}#part` },
    { response_type: 'token' },
    { scope: '' },
    { scope: 'tweet.read everything' },
    { state: '' },
    { state: 's'.repeat(501) },
    { code_challenge: 'short' },
    { code_challenge_method: 'S512' },
  ];
  for (const changes of wrong) {
    const page = await askPage(x.apiUrl, changes);
    assert.deepEqual([page.status, page.headers.location], [400, undefined], JSON.stringify(changes));
    assert.doesNotMatch(page.text, /name="question"/);
  }
});

test('registered redirects are compared exactly', async (t) => {
  const x = await sandbox(t, { oauth2Client: { ...SANDBOX_CLIENT, redirectUris: [REDIRECT] } });
  assert.equal((await askPage(x.apiUrl)).status, 200);
  for (const redirect_uri of [`${REDIRECT}/`, `${REDIRECT}?a=b`, REDIRECT.replace('127.0.0.1', 'localhost')]) {
    assert.equal((await askPage(x.apiUrl, { redirect_uri })).status, 400, redirect_uri);
  }
});

test('S256 in lower case is taken, and plain is too', async (t) => {
  const x = await sandbox(t);
  for (const changes of [{ code_challenge_method: 's256' }, { code_challenge_method: 'plain', code_challenge: VERIFIER }]) {
    const answer = await answerPage(x.apiUrl, await askPage(x.apiUrl, changes), { other: 'bob', allow: 'yes' });
    const code = new URL(answer.headers.location!).searchParams.get('code')!;
    assert.equal((await exchange(x.apiUrl, code)).status, 200, JSON.stringify(changes));
  }
});
