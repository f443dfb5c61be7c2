import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../db/embedded-database.ts';
import { signInUrlIn, type Browser } from './browser.ts';
import { startConsole, type Setup } from './console-setup.ts';

const { db } = await withDatabase();
const linkedAt = async () => (await db('sipweetusers').where({ sipuser: 'bob' }).first()).linked_at;

/** A browser that has X's page in front of it, and where X will send it back to. */
async function atX(setup: Setup): Promise<{ browser: Browser; back: string }> {
  const browser = setup.browser();
  const page = await browser.submit('/link', { user: 'bob', password: 'secret2' });
  return { browser, back: setup.x.allow(signInUrlIn(page.text)) };
}

test('cookies are out of reach of scripts and of forms of other pages', async (t) => {
  const plain = await startConsole(t, db);
  const { browser } = await atX(plain);
  assert.equal(browser.setCookies.length, 2);
  for (const header of browser.setCookies) assert.match(header, /^sipweet-(form|session)=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/);
});

test('over TLS the cookie has the prefix __Host- and is Secure, and browsers are told to stay with TLS', async (t) => {
  const { server } = await startConsole(t, db, { publicUrl: 'https://link.example.com' });
  assert.equal(server.origin, 'https://link.example.com');
  const response = await fetch(`${server.localUrl}/link`);
  assert.match(response.headers.getSetCookie()[0]!, /^__Host-sipweet-form=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure$/);
  assert.match(response.headers.get('strict-transport-security')!, /max-age=\d{7,}/);
});

test('state: none, a foreign one, and one of an earlier sign-in are refused before X is asked anything', async (t) => {
  const setup = await startConsole(t, db);
  const { browser, back } = await atX(setup);
  const other = await atX(setup);
  const url = new URL(back);
  const code = url.searchParams.get('code')!;
  const foreign = new URL(other.back).searchParams.get('state')!;
  for (const query of [`code=${code}`, `code=${code}&state=`, `code=${code}&state=${foreign}`, `code=${code}&state=a&state=b`]) {
    const answer = await browser.get(`/callback?${query}`);
    assert.equal(answer.status, 403, query);
    assert.match(answer.text, /Nothing has changed/);
  }
  assert.deepEqual(setup.x.exchanges, []);
  assert.equal(await linkedAt(), null);
});

test('the way back works in the browser that began, not in another one', async (t) => {
  const setup = await startConsole(t, db);
  const { browser, back } = await atX(setup);
  assert.equal((await setup.browser().get(back)).status, 403);
  const other = await atX(setup);
  assert.equal((await other.browser.get(back)).status, 403);
  assert.deepEqual(setup.x.exchanges, []);
  assert.equal((await browser.get(back)).status, 200);
  assert.notEqual(await linkedAt(), null);
});

test('the way back works once, also for who has kept the cookie', async (t) => {
  const setup = await startConsole(t, db);
  const { browser, back } = await atX(setup);
  const cookies = new Map(browser.cookies);
  assert.equal((await browser.get(back)).status, 200);
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  assert.equal((await browser.get(back)).status, 403);
  assert.equal(setup.x.exchanges.length, 1);
});

test('two returns at the same moment are one', async (t) => {
  const setup = await startConsole(t, db);
  const { browser, back } = await atX(setup);
  const answers = await Promise.all([browser.get(back), browser.get(back), browser.get(back)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403, 403]);
  assert.equal(setup.x.exchanges.length, 1);
});

test('a session cookie that we did not sign is none', async (t) => {
  const setup = await startConsole(t, db);
  const { browser, back } = await atX(setup);
  const value = browser.cookies.get('sipweet-session')!;
  const [id, mac] = value.split('.');
  for (const forged of [id!, `${id}.`, `${id}.${mac!.slice(1)}A`, `.${mac}`, `${'0'.repeat(64)}.${mac}`, browser.cookies.get('sipweet-form')!]) {
    browser.cookies.set('sipweet-session', forged);
    assert.equal((await browser.get(back)).status, 403, forged);
  }
});

test('a session ends after ten minutes', async (t) => {
  const setup = await startConsole(t, db);
  const { browser, back } = await atX(setup);
  setup.clock.advance(10 * 60_000);
  assert.equal((await browser.get(back)).status, 403);
  assert.deepEqual(setup.x.exchanges, []);
});

test('a code of X that somebody else got is of no use: the verifier stays here', async (t) => {
  const setup = await startConsole(t, db);
  const victim = await atX(setup);
  const attacker = await atX(setup);
  // The attacker plays the victim's code into his own session.
  const mixed = new URL(attacker.back);
  mixed.searchParams.set('code', new URL(victim.back).searchParams.get('code')!);
  const answer = await attacker.browser.get(mixed.href);
  assert.equal(answer.status, 502);
  assert.match(answer.text, /Begin again/);
  assert.equal(await linkedAt(), null);
});

test('forms: without token, with that of another browser, or from another page they change nothing', async (t) => {
  const setup = await startConsole(t, db);
  const { code } = await setup.links.issue('bob', 60_000);
  const browser = setup.browser();
  const token = /name="token" value="([^"]+)"/.exec((await browser.get('/link')).text)![1]!;
  const foreignToken = /name="token" value="([^"]+)"/.exec((await setup.browser().get('/link')).text)![1]!;
  const attempts: readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>][] = [
    [{ code }, {}],
    [{ code, token: foreignToken }, {}],
    [{ code, token: `${token}x` }, {}],
    [{ code, token }, { origin: 'https://evil.example' }],
    [{ code, token }, { origin: 'null' }],
    [{ code, token }, { 'sec-fetch-site': 'cross-site' }],
    [{ code, token }, { 'sec-fetch-site': 'same-site' }],
  ];
  for (const [fields, headers] of attempts) assert.equal((await browser.post('/link', fields, { headers })).status, 403, JSON.stringify([fields, headers]));
  assert.equal((await setup.browser().post('/link', { code, token })).status, 403);
  assert.equal((await browser.post('/unlink', {})).status, 403);
  assert.equal(setup.count('console.forged'), attempts.length + 2);
  assert.equal((await browser.post('/link', { code, token })).status, 200);
});

test('passwords: ten mistakes lock the name for everybody else, and the right one is not told from a wrong one', async (t) => {
  const setup = await startConsole(t, db);
  const browser = setup.browser();
  const attempt = (password: string, address: string) => browser.submit('/link', { user: 'bob', password }, { headers: { 'x-forwarded-for': address } });
  for (let i = 0; i < 10; i += 1) assert.equal((await attempt(`wrong${i}`, `192.0.2.${i}`)).status, 403);
  const locked = await attempt('secret2', '192.0.2.99');
  assert.equal(locked.status, 403);
  assert.match(locked.text, /User name or password is wrong/);
  setup.clock.advance(300_000);
  assert.equal((await attempt('secret2', '192.0.2.99')).status, 200);
});

test('a name that does not exist, or cannot, is answered like a wrong password', async (t) => {
  const setup = await startConsole(t, db);
  const texts = [];
  for (const user of ['bob', 'nobody', 'no\0body', 'x'.repeat(200)]) {
    const { status, text } = await setup.browser().submit('/link', { user, password: 'wrong' });
    assert.equal(status, 403, user);
    texts.push(/<p class="bad"[^>]*>([^<]+)</.exec(text)![1]);
  }
  assert.equal(new Set(texts).size, 1);
});

test('an address that nobody configured as a proxy cannot pass for another one', async (t) => {
  const setup = await startConsole(t, db, { proxies: ['192.0.2.1'], requestsPerMinute: 3 });
  const statuses = [];
  for (let i = 0; i < 4; i += 1) statuses.push((await setup.browser().get('/', { headers: { 'x-forwarded-for': `198.51.100.${i}` } })).status);
  assert.deepEqual(statuses, [200, 200, 200, 429]);
});

test('pages have a limit for each address, forms a tenth of it; health checks have none', async (t) => {
  const setup = await startConsole(t, db, { requestsPerMinute: 20 });
  const at = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const browser = setup.browser();
  const posts = [];
  for (let i = 0; i < 3; i += 1) posts.push((await browser.post('/link', {}, at('198.51.100.1'))).status);
  assert.deepEqual(posts, [403, 403, 429]);
  const limited = await browser.post('/link', {}, at('198.51.100.1'));
  assert.ok(Number(limited.headers.get('retry-after')) > 0);
  assert.match(limited.text, /Too many requests/);
  assert.equal((await browser.get('/link', at('198.51.100.2'))).status, 200);
  for (let i = 0; i < 30; i += 1) assert.equal((await browser.get('/livez')).status, 200);
  setup.clock.advance(60_000);
  assert.equal((await browser.post('/link', {}, at('198.51.100.1'))).status, 403);
});

test('nothing in the answer or the address of a page leads a browser elsewhere', async (t) => {
  const setup = await startConsole(t, db);
  const browser = setup.browser();
  for (const path of ['//evil.example', '/link?next=//evil.example', '/sign-in?url=https://evil.example', '/callback?redirect_uri=https://evil.example']) {
    const answer = await browser.get(`${setup.server.origin}${path}`, { redirect: false });
    assert.equal(answer.location, undefined, path);
    assert.doesNotMatch(answer.text, /evil\.example/);
  }
  const hosted = await fetch(`${setup.server.origin}/link`, { headers: { 'x-forwarded-host': 'evil.example' } });
  assert.doesNotMatch(await hosted.text(), /evil\.example/);
});

test('every answer runs no script, loads nothing from elsewhere, is not framed, not kept and not guessed at', async (t) => {
  const setup = await startConsole(t, db);
  for (const path of ['/', '/link', '/unlink', '/sign-in', '/callback', '/nothing', '/livez']) {
    const { headers } = await setup.browser().get(path);
    assert.equal(
      headers.get('content-security-policy'),
      "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      path,
    );
    assert.deepEqual(['x-content-type-options', 'referrer-policy', 'cache-control'].map((name) => headers.get(name)), ['nosniff', 'same-origin', 'no-store']);
    assert.match(headers.get('x-request-id')!, /^[0-9a-f]{16}$/);
  }
});

test('bodies: too large is 413, other forms than forms 415, other verbs and paths 404, all in plain words', async (t) => {
  const setup = await startConsole(t, db);
  const send = (path: string, init: RequestInit) => fetch(`${setup.server.origin}${path}`, init);
  const cases: readonly [number, string, RequestInit][] = [
    [413, '/link', { method: 'POST', body: new URLSearchParams({ code: 'x'.repeat(10_000) }) }],
    [415, '/link', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }],
    [404, '/link', { method: 'DELETE' }],
    [404, '/nothing', {}],
    [404, '/../../etc/passwd', {}],
  ];
  for (const [status, path, init] of cases) {
    const response = await send(path, init);
    assert.equal(response.status, status, path);
    assert.match(await response.text(), /<h1>[^<]+<\/h1>/);
  }
});

test('a failure of ours is told in plain words with a number, and the log has the reason under that number', async (t) => {
  const setup = await startConsole(t, db);
  setup.links.userOfCode = () => Promise.reject(new Error('connection to 10.0.0.7 refused'));
  const answer = await setup.browser().submit('/link', { code: 'SW-7F3K-9QXM' });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(answer.text, /10\.0\.0\.7/);
  const id = answer.headers.get('x-request-id')!;
  assert.ok(answer.text.includes(id));
  assert.ok(setup.log().includes(id) && setup.log().includes('10.0.0.7'));
});

test('neither codes nor passwords, tokens, states or cookies come into the log', async (t) => {
  const setup = await startConsole(t, db);
  const { code } = await setup.links.issue('bob', 60_000);
  await setup.browser().get(`/link?code=${code}`);
  await setup.browser().submit('/link', { user: 'bob', password: 'hush-hush' });
  const { browser, back } = await atX(setup);
  const cookies = [...browser.cookies.values()];
  await browser.get(back);
  await browser.get(back);
  const url = new URL(back);
  const token = await setup.tokens.fresh('7');
  const exchange = setup.x.exchanges[0]!;
  const secrets = [code, 'hush-hush', 'secret2', url.searchParams.get('state')!, url.searchParams.get('code')!, ...cookies, token.ok ? token.accessToken : '?', String(exchange.code_verifier)];
  assert.ok(setup.log().includes('Request'));
  for (const secret of secrets) assert.ok(!setup.log().includes(secret), secret);
});

test('/readyz follows the database, /livez does not, and the reason stays in the log', async (t) => {
  let failure: Error | undefined;
  const isReady = () => (failure === undefined ? Promise.resolve() : Promise.reject(failure));
  const setup = await startConsole(t, db, { isReady });
  const browser = setup.browser();
  assert.deepEqual([(await browser.get('/readyz')).status, (await browser.get('/livez')).status], [200, 200]);
  failure = new Error('PostgreSQL is away');
  const answer = await browser.get('/readyz');
  assert.deepEqual([answer.status, answer.text], [503, 'not ready\n']);
  assert.equal((await browser.get('/livez')).status, 200);
  assert.match(setup.log(), /PostgreSQL is away/);
});
