import assert from 'node:assert/strict';
import http from 'node:http';
import { after, describe, test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { cannedServer, sandbox, type Sandbox } from '../../sandbox.ts';
import { GOOD_QUERY } from '../oauth2/sign-in.ts';
import { launchBrowser, openPage } from './browser.ts';

const browser = await launchBrowser();
after(() => browser.close());

/** The page of a new sandbox, as bob sees it, with its live connection standing. */
async function open(t: TestContext, size: { width?: number; height?: number } = {}): Promise<{ x: Sandbox; page: Page; problems: string[] }> {
  const x = await sandbox(t);
  const opened = await openPage(t, browser, size);
  await opened.page.goto(`${x.controlUrl}/?as=bob`);
  await opened.page.getByText('live', { exact: true }).waitFor();
  return { x, ...opened };
}

describe('writing', () => {
  test('a post and a message go out under the name that is played, and the boxes are empty again', async (t) => {
    const { x, page, problems } = await open(t);
    await page.getByLabel('Write a post for all to see').fill('@sipweet call @alice');
    await page.getByRole('button', { name: 'Post' }).click();
    await page.getByRole('article', { name: 'Post of @bob' }).waitFor();
    await page.getByLabel('You are').fill('@carol');
    await page.getByLabel('Write a message').fill('call me');
    await page.keyboard.press('Enter');
    await page.locator('#messages').getByText('call me').waitFor();
    assert.deepEqual((await x.control.posts()).map(({ author, text }) => [author, text]), [['bob', '@sipweet call @alice']]);
    assert.deepEqual((await x.control.messages()).map(({ from, to, text }) => [from, to, text]), [['carol', 'sipweet', 'call me']]);
    assert.equal(await page.getByLabel('Write a post for all to see').inputValue(), '');
    assert.deepEqual(problems, []);
  });

  test('Reply answers that post and names its author, and can be taken back', async (t) => {
    const { x, page } = await open(t);
    const post = await x.control.postAs({ from: 'sipweet', text: 'Shall I call?' });
    await page.getByRole('button', { name: 'Reply to @sipweet' }).click();
    assert.equal(await page.locator('#answering').textContent(), 'Answers @sipweet');
    await page.keyboard.type('yes');
    await page.keyboard.press('Control+Enter');
    await page.locator('.replies').getByText('yes').waitFor();
    const reply = (await x.control.posts()).at(-1)!;
    assert.deepEqual([reply.replyToId, reply.text], [post.id, '@sipweet yes']);

    await page.getByRole('button', { name: 'Reply to @sipweet' }).click();
    await page.getByRole('button', { name: 'a new post instead' }).click();
    await page.getByLabel('Write a post for all to see').fill('on its own');
    await page.keyboard.press('Control+Enter');
    await page.locator('.threads > li > article').getByText('on its own').waitFor();
    assert.equal((await x.control.posts()).at(-1)!.replyToId, undefined);
  });

  test('what the sandbox refuses is said beside the form, and the text stays', async (t) => {
    const { x, page } = await open(t);
    await x.control.putUser({ username: 'sipweet', acceptsDms: false });
    await page.getByLabel('Write a message').fill('call me');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').getByText('@sipweet takes no direct messages from @bob').waitFor();
    assert.equal(await page.getByLabel('Write a message').inputValue(), 'call me');
  });
});

describe('live news', () => {
  test('come without a reload, and take neither what is being typed nor the focus nor the place of the cursor', async (t) => {
    const { x, page } = await open(t);
    const box = page.getByLabel('Write a post for all to see');
    await box.fill('half a thought');
    await page.keyboard.press('ArrowLeft');
    await x.control.sendAs({ from: 'sipweet', to: 'bob', text: 'Missed call' });
    await x.control.postAs({ from: 'ann', text: 'hello' });
    await page.locator('#messages').getByText('Missed call').waitFor();
    await page.locator('#timeline').getByText('hello').waitFor();
    await page.keyboard.type('X');
    assert.equal(await box.inputValue(), 'half a thoughXt');
  });

  test('the focus stays on a button of a post that is drawn anew', async (t) => {
    const { x, page } = await open(t);
    await x.control.postAs({ from: 'ann', text: 'one' });
    const button = page.getByRole('button', { name: 'Reply to @ann' });
    await button.focus();
    await x.control.postAs({ from: 'bob', text: 'two' });
    await page.locator('#timeline').getByText('two').waitFor();
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Reply to @ann');
  });

  test('a message is told to those who hear the page', async (t) => {
    const { x, page } = await open(t);
    await x.control.sendAs({ from: 'sipweet', to: 'bob', text: 'Missed call' });
    await page.getByRole('status').getByText('Message from @sipweet: Missed call').waitFor();
  });

  test('an edit, a deletion, a new name and a late post show', async (t) => {
    const { x, page } = await open(t);
    const post = await x.control.postAs({ from: 'ann', text: 'first', indexDelayMs: null });
    await page.getByText('not in lists yet').waitFor();
    await x.control.editPost(post.id, 'second');
    await page.getByText('edited 1×').waitFor();
    await x.control.rename('ann', 'anna');
    await page.getByRole('article', { name: 'Post of @anna' }).waitFor();
    await x.control.deletePost(post.id);
    await page.getByText('No posts yet').waitFor();
  });

  test('the requests of the app and their price show', async (t) => {
    const { x, page } = await open(t);
    await page.getByText('What the app asked').click();
    await x.client().me();
    await page.getByText('X would have billed $0.010').waitFor();
    await page.getByRole('rowheader', { name: 'GET /2/users/me' }).waitFor();
  });

  test('a sandbox that has gone is said', async (t) => {
    const { x, page } = await open(t);
    await x.close();
    await page.getByText('not connected').waitFor();
  });
});

describe('safety', () => {
  test('nothing that users write is markup', async (t) => {
    const { x, page, problems } = await open(t);
    const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>&amp;"\'';
    await x.control.putUser({ username: 'ann', name: markup });
    await x.control.postAs({ from: 'ann', text: markup });
    await x.control.sendAs({ from: 'ann', to: 'bob', text: markup });
    await x.control.fault({ kind: 'forbidden', detail: markup });
    await fetch(`${x.apiUrl}/2/${encodeURI(markup)}`);
    await page.locator('#timeline').getByText(markup).waitFor();
    await page.locator('#messages').getByText(markup).waitFor();
    assert.equal(await page.locator('main img, main script').count(), 0);
    assert.equal(await page.title(), 'X sandbox');
    await page.goto(`${x.controlUrl}/?as=${encodeURIComponent('"><script>document.title=1</script>')}`);
    assert.equal(await page.title(), 'X sandbox');
    assert.deepEqual(problems, []);
  });

  test('the policy runs no script of the page itself', async (t) => {
    const { page } = await open(t);
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return window.ran === true;
    })()`);
    assert.equal(ran, false);
  });

  test('a page of another origin can write nothing: no form, no fetch, with a preflight or without', async (t) => {
    const { x, page } = await open(t);
    const evil = await cannedServer(t, (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<title>evil</title>'));
    await page.goto(evil);
    const body = JSON.stringify({ from: 'bob', to: 'sipweet', text: 'call the premium number' });
    const tries = `Promise.allSettled([
      fetch('${x.controlUrl}/messages', { method: 'POST', mode: 'no-cors', body: ${JSON.stringify(body)} }),
      fetch('${x.controlUrl}/messages', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(body)} }),
      fetch('${x.controlUrl}/faults', { method: 'DELETE' }),
    ]).then((all) => all.map(({ status }) => status))`;
    const read = `fetch('${x.controlUrl}/users').then((answer) => answer.text()).catch(() => 'refused')`;
    assert.deepEqual(await page.evaluate(tries), ['fulfilled', 'rejected', 'rejected']);
    assert.equal(await page.evaluate(read), 'refused');
    assert.deepEqual(await x.control.messages(), []);
  });
});

describe('on any screen', () => {
  for (const width of [320, 768, 1400]) {
    test(`nothing is wider than ${width} pixels, and every control has a name`, async (t) => {
      const { x, page } = await open(t, { width, height: 800 });
      await x.control.postAs({ from: 'ann', text: `@sipweet ${'w'.repeat(300)}` });
      await x.control.sendAs({ from: 'sipweet', to: 'bob', text: 'w'.repeat(300) });
      await page.locator('#messages').getByText('wwww').waitFor();
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      const nameless = await page.evaluate(
        `[...document.querySelectorAll('input, textarea, button')].filter((control) => !control.labels?.length && control.textContent.trim() === '').length`,
      );
      assert.equal(nameless, 0);
    });
  }
});

test('signing in: the page asks who it is, and the browser comes back to the app with a code', async (t) => {
  const x = await sandbox(t);
  await x.control.putUser({ username: 'bob' });
  const asked: string[] = [];
  const app = await cannedServer(t, (request: http.IncomingMessage, response) => {
    asked.push(request.url ?? '');
    response.end('welcome');
  });
  const { page } = await openPage(t, browser, { width: 380 });
  await page.goto(`${x.apiUrl}/i/oauth2/authorize?${new URLSearchParams({ ...GOOD_QUERY, redirect_uri: `${app}/callback` })}`);
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 380);
  await page.getByLabel('@bob').check();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByText('welcome').waitFor();
  assert.match(asked[0]!, /^\/callback\?state=state-1&code=[\w-]{40,}$/);
});
