import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { silentLogger } from '../../src/base/logger.ts';
import { SystemClock } from '../../src/base/system-clock.ts';
import { XTokensTable } from '../../src/db/tables/x-tokens.ts';
import { newTokenKey, TokenCipher } from '../../src/db/token-cipher.ts';
import { ControlClient } from '../../src/x/emulator/control-client.ts';
import { SANDBOX_CLIENT } from '../../src/x/emulator/sandbox-keys.ts';
import { startEmulator } from '../../src/x/emulator/server.ts';
import { SignIn } from '../../src/x/oauth2.ts';
import { withDatabase } from '../db/embedded-database.ts';
import { startConsole } from './console-setup.ts';

const { db } = await withDatabase();
const EXECUTABLE = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PATIENCE_MS = 30_000;

/** Screenshots go here when somebody wants to look: `SCREENSHOTS=/tmp npm test -- sign-in-browser`. */
const FOLDER = process.env.SCREENSHOTS;

async function shot(page: Page, name: string): Promise<void> {
  if (FOLDER !== undefined) await page.screenshot({ path: `${FOLDER}/${name}.png` });
}

/** The console on the sandbox of X, and a browser with a page that notes what it is told of mistakes. */
async function setUp(t: TestContext) {
  const clock = new SystemClock();
  const emulator = await startEmulator({ clock, logger: silentLogger, apiPort: 0, controlPort: 0 });
  t.after(() => emulator.close());
  const control = new ControlClient(emulator.controlUrl);
  await control.putUser({ username: 'bob_example' });
  const cipher = new TokenCipher([newTokenKey()]);
  const setup = await startConsole(t, db, {
    signIn(redirectUri) {
      const x = new SignIn({ client: SANDBOX_CLIENT, redirectUri, clock, logger: silentLogger, apiBase: emulator.apiUrl });
      return { x, tokens: new XTokensTable({ db, cipher, refresh: (token) => x.refresh(token), marginMs: 0 }) };
    },
  });
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
  t.after(() => browser.close());
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  return { ...setup, emulator, control, page, complaints, clock, cipher };
}

test('in Chromium: code, sign-in at the sandbox of X, linked; the tokens are renewed; then unlinked', async (t) => {
  const { server, page, links, control, complaints, clock, cipher, emulator } = await setUp(t);
  const { code } = await links.issue('bob', 60_000);

  await page.goto(`${server.origin}/link?code=${code}`);
  assert.equal(await page.getByLabel('Code').inputValue(), code);
  await shot(page, '1-link');
  await page.getByRole('button', { name: 'Continue' }).first().click();
  await page.getByRole('link', { name: 'Sign in with X' }).waitFor();
  await shot(page, '2-sign-in');
  await page.getByRole('link', { name: 'Sign in with X' }).click();
  await page.getByLabel('@bob_example').check();
  await shot(page, '3-sandbox');
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('status').waitFor();
  await shot(page, '4-linked');
  assert.match(await page.getByRole('status').innerText(), /The SIP user bob is linked with @bob_example\./);

  const [bob] = (await control.users()).filter(({ username }) => username === 'bob_example');
  const row = await db('sipweetusers').where({ sipuser: 'bob' }).first();
  assert.deepEqual([row.x_user_id, row.twuser, row.linked_at !== null], [bob!.id, 'bob_example', true]);

  await t.test('a pair that has ended is renewed once, and the sandbox takes the new one', async () => {
    await db('x_tokens').update({ expires_at: new Date(0) });
    const x = new SignIn({ client: SANDBOX_CLIENT, redirectUri: `${server.origin}/callback`, clock, logger: silentLogger, apiBase: emulator.apiUrl });
    let refreshed = 0;
    const table = new XTokensTable({
      db,
      cipher,
      refresh: (token) => {
        refreshed += 1;
        return x.refresh(token);
      },
    });
    const [first, second] = await Promise.all([table.fresh(bob!.id), table.fresh(bob!.id)]);
    assert.ok(first!.ok && second!.ok);
    assert.equal(first!.accessToken, second!.accessToken);
    assert.equal(refreshed, 1);
    assert.equal((await x.whoIs(first!.accessToken)).username, 'bob_example');
  });

  await t.test('a pair whose refresh token X has seen before is gone, and it is said why', async () => {
    await control.revokeTokens('bob_example');
    await db('x_tokens').update({ expires_at: new Date(0) });
    const x = new SignIn({ client: SANDBOX_CLIENT, redirectUri: `${server.origin}/callback`, clock, logger: silentLogger, apiBase: emulator.apiUrl });
    const outcome = await new XTokensTable({ db, cipher, refresh: (token) => x.refresh(token) }).fresh(bob!.id);
    assert.ok(!outcome.ok && outcome.why === 'ended' && /Value passed for the token was invalid/.test(outcome.reason), JSON.stringify(outcome));
  });

  await page.goto(`${server.origin}/unlink`);
  await shot(page, '5-unlink');
  await page.getByRole('button', { name: 'Continue to X' }).click();
  await page.getByRole('link', { name: 'Sign in with X' }).click();
  await page.getByLabel('@bob_example').check();
  await page.getByRole('button', { name: 'Allow' }).click();
  assert.match(await page.getByRole('status').innerText(), /@bob_example can no longer act for the SIP user bob/);
  assert.equal((await db('sipweetusers').where({ sipuser: 'bob' }).first()).linked_at, null);
  assert.deepEqual(complaints, []);
});

test('in Chromium: who says no at X has changed nothing, and a wrong code is said so on the page', async (t) => {
  const { server, page, complaints } = await setUp(t);
  await page.goto(`${server.origin}/link`);
  await page.getByLabel('Code').fill('sw-0000-0000');
  await page.getByRole('button', { name: 'Continue' }).first().click();
  assert.match(await page.getByRole('alert').innerText(), /This code is wrong/);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shot(page, '6-wrong-code-dark');

  await page.getByLabel('SIP user name').fill('bob');
  await page.getByLabel('SIP password').fill('secret2');
  await page.getByRole('button', { name: 'Continue' }).last().click();
  await page.getByRole('link', { name: 'Sign in with X' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  assert.match(await page.getByRole('alert').innerText(), /You said no at X/);
  await shot(page, '7-said-no');
  assert.equal((await db('sipweetusers').where({ sipuser: 'bob' }).first()).linked_at, null);
  // The one complaint is that of the 403 for the wrong code.
  assert.deepEqual(complaints.filter((text) => !/403/.test(text)), []);
});
