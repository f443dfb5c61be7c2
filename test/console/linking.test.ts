import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDatabase } from '../db/embedded-database.ts';
import { signInUrlIn, type Browser } from './browser.ts';
import { startConsole, type Setup } from './console-setup.ts';

const { db } = await withDatabase();
const rowOf = (sipUser: string) => db('sipweetusers').where({ sipuser: sipUser }).first();

/** From the form to X and back. */
async function signIn(setup: Setup, browser: Browser, fields: Readonly<Record<string, string>>, path = '/link') {
  const page = await browser.submit(path, fields);
  assert.equal(page.status, 200, page.text);
  return browser.get(setup.x.allow(signInUrlIn(page.text)));
}

test('a code and a sign-in link the account that signed in, and its tokens are kept', async (t) => {
  const setup = await startConsole(t, db);
  const { code } = await setup.links.issue('bob', 60_000);
  const done = await signIn(setup, setup.browser(), { code });
  assert.equal(done.status, 200);
  assert.match(done.text, /SIP user bob is linked with @Bob_Example/);
  const row = await rowOf('bob');
  assert.deepEqual([row.x_user_id, row.twuser, row.linked_at !== null], ['7', 'Bob_Example', true]);
  assert.equal(await setup.links.userOfCode(code), undefined);
  const token = await setup.tokens.fresh('7');
  assert.ok(token.ok && token.accessToken.length > 20);
  assert.deepEqual([setup.count('console.sign-ins'), setup.count('console.linked')], [1, 1]);
});

test('the SIP password does as well as a code', async (t) => {
  const setup = await startConsole(t, db);
  const done = await signIn(setup, setup.browser(), { user: 'bob', password: 'secret2' });
  assert.match(done.text, /SIP user bob is linked with @Bob_Example/);
  assert.equal((await rowOf('bob')).x_user_id, '7');
});

test('the page before X says for whom it is, so that nobody links with the phone of who has sent him a code', async (t) => {
  const setup = await startConsole(t, db);
  const { code } = await setup.links.issue('bob', 60_000);
  assert.match((await setup.browser().submit('/link', { code })).text, /make calls for the SIP user <b>bob<\/b>/);
  assert.match((await setup.browser().submit('/link', { user: 'bob', password: 'secret2' })).text, /make calls for the SIP user <b>bob<\/b>/);
});

test('a link from the operator fills the code in and does nothing else', async (t) => {
  const setup = await startConsole(t, db);
  const { code } = await setup.links.issue('bob', 60_000);
  const browser = setup.browser();
  const page = await browser.get(`/link?code=${code}`);
  assert.ok(page.text.includes(`value="${code}"`));
  assert.equal((await browser.get('/sign-in')).status, 403);
  assert.equal(await setup.links.userOfCode(code), 'bob');
});

test('what is typed or comes with the address is never HTML', async (t) => {
  const setup = await startConsole(t, db);
  const nasty = '"><script>alert(1)</script>';
  for (const page of [
    await setup.browser().get(`/link?code=${encodeURIComponent(nasty)}`),
    await setup.browser().submit('/link', { code: nasty }),
    await setup.browser().submit('/link', { user: nasty, password: 'x' }),
  ]) {
    assert.ok(!page.text.includes('<script>'), page.text);
    assert.ok(page.text.includes('&quot;&gt;&lt;script&gt;'), page.text);
  }
});

test('an X account that is another SIP user’s is refused, nothing changes, and the grant is given back', async (t) => {
  const setup = await startConsole(t, db);
  await db('sipweetusers').insert({ sipuser: 'carol', twuser: 'carol_x', x_user_id: '7', linked_at: new Date() });
  const { code } = await setup.links.issue('bob', 60_000);
  const done = await signIn(setup, setup.browser(), { code });
  assert.match(done.text, /belongs to another SIP user/);
  assert.equal((await rowOf('bob')).linked_at, null);
  assert.equal(setup.x.revoked.length, 1);
  assert.deepEqual(await setup.tokens.fresh('7'), { ok: false, why: 'none' });
});

test('a code that ended while its owner was at X links nobody', async (t) => {
  const setup = await startConsole(t, db);
  const { code } = await setup.links.issue('bob', 60_000);
  const browser = setup.browser();
  const page = await browser.submit('/link', { code });
  await db('link_codes').update({ expires_at: db.raw('now()') });
  const done = await browser.get(setup.x.allow(signInUrlIn(page.text)));
  assert.match(done.text, /This code has ended/);
  assert.equal((await rowOf('bob')).linked_at, null);
});

test('who says no at X has changed nothing', async (t) => {
  const setup = await startConsole(t, db);
  const { code } = await setup.links.issue('bob', 60_000);
  const browser = setup.browser();
  const url = new URL(signInUrlIn((await browser.submit('/link', { code })).text));
  const back = await browser.get(`/callback?error=access_denied&state=${url.searchParams.get('state')}`);
  assert.match(back.text, /You said no at X/);
  assert.equal(await setup.links.userOfCode(code), 'bob');
  assert.deepEqual(setup.x.exchanges, []);
});

test('when X does not say who it is nothing is linked, and the person is told to try again', async (t) => {
  const setup = await startConsole(t, db);
  setup.x.meStatus = 503;
  const { code } = await setup.links.issue('bob', 60_000);
  const done = await signIn(setup, setup.browser(), { code });
  assert.equal(done.status, 502);
  assert.match(done.text, /X cannot be reached/);
  assert.equal(await setup.links.userOfCode(code), 'bob');
  assert.equal(setup.count('console.sign-ins-failed'), 1);
});

test('unlinking by sign-in ends the link of that account at once, and the grant too', async (t) => {
  const setup = await startConsole(t, db);
  await signIn(setup, setup.browser(), { user: 'bob', password: 'secret2' });
  const done = await signIn(setup, setup.browser(), {}, '/unlink');
  assert.match(done.text, /@Bob_Example can no longer act for the SIP user bob/);
  const row = await rowOf('bob');
  assert.deepEqual([row.linked_at, row.notify], [null, false]);
  assert.deepEqual(await setup.tokens.fresh('7'), { ok: false, why: 'none' });
  assert.equal(setup.x.revoked.length, 1);
});

test('whoever owns a mapped account can end the messages, also without a link', async (t) => {
  const setup = await startConsole(t, db);
  setup.x.account = { id: '9', username: 'BOB_before' };
  assert.match((await signIn(setup, setup.browser(), {}, '/unlink')).text, /can no longer act for the SIP user bob/);
  assert.equal((await rowOf('bob')).notify, false);
});

test('an account that is not linked is told so', async (t) => {
  const setup = await startConsole(t, db);
  assert.match((await signIn(setup, setup.browser(), {}, '/unlink')).text, /@Bob_Example is not linked/);
});

test('without a client of OAuth 2.0 the page says how to link by message, and takes no form', async (t) => {
  const setup = await startConsole(t, db, { withoutSignIn: true });
  const browser = setup.browser();
  const page = await browser.get('/link?code=SW-7F3K-9QXM');
  assert.match(page.text, /<code>link SW-7F3K-9QXM<\/code>/);
  assert.doesNotMatch(page.text, /<form/);
  assert.equal((await browser.post('/link', { code: 'SW-7F3K-9QXM' })).status, 404);
  assert.equal((await browser.post('/unlink', {})).status, 404);
});
