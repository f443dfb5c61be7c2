import assert from 'node:assert/strict';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { rm } from 'node:fs/promises';
import { after, test, type TestContext } from 'node:test';
import { temporaryFolder } from '../../db/cluster-folder.ts';
import { runCli } from '../cli-process.ts';

const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));

interface Hook {
  readonly id: string;
  readonly url: string;
  valid: boolean;
}

/** The part of X that knows of webhooks and subscriptions, and what it was asked. */
async function startX(t: TestContext, hooks: Hook[] = []) {
  const asked: string[] = [];
  const subscriptions: Record<string, unknown>[] = [];
  const server = http.createServer((request, response) => void answer(request, response));
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const body = await text(request);
    const { pathname } = new URL(request.url!, 'http://x');
    asked.push(`${request.method} ${pathname}`);
    const [status, json] = route(`${request.method} ${pathname}`, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  };
  const route = (what: string, body: string): [number, unknown] => {
    if (what === 'POST /oauth2/token') return [200, { token_type: 'bearer', access_token: 'app-bearer' }];
    if (what === 'GET /2/users/me') return [200, { data: { id: '1', username: 'sipweet', name: 'Switchboard' } }];
    if (what === 'GET /2/webhooks') return [200, { data: hooks }];
    if (what === 'POST /2/webhooks') {
      const hook = { id: '42', url: (JSON.parse(body) as { url: string }).url, valid: true };
      hooks.push(hook);
      return [201, { data: hook }];
    }
    if (what === 'GET /2/activity/subscriptions') return [200, { data: subscriptions }];
    if (what === 'POST /2/activity/subscriptions') {
      const subscription = { subscription_id: String(subscriptions.length + 1), ...(JSON.parse(body) as object) };
      subscriptions.push(subscription);
      return [201, { data: { subscription } }];
    }
    const [, kind, id] = /^(?:DELETE|PUT) \/2\/(webhooks|activity\/subscriptions)\/(\w+)$/.exec(what) ?? [];
    if (what.startsWith('DELETE') && kind === 'webhooks') hooks.splice(hooks.findIndex((one) => one.id === id), 1);
    else if (what.startsWith('PUT')) for (const hook of hooks) hook.valid = true;
    else if (what.startsWith('DELETE')) subscriptions.splice(subscriptions.findIndex((one) => one.subscription_id === id), 1);
    return [200, { data: {} }];
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const run = (...args: string[]) => runCli(['x', 'webhook', ...args], { cwd, env: { X_API_BASE: url } });
  return { hooks, subscriptions, asked, run };
}

const PUBLIC = ['--set', 'console.publicUrl=https://link.example.com'];
const URL_AT_X = 'https://link.example.com/x/webhook';

test('register makes the webhook and subscribes; once more adds nothing; remove takes all of it away', async (t) => {
  const x = await startX(t);
  const first = await x.run('register', ...PUBLIC);
  assert.deepEqual([first.code, first.stdout], [0, `X delivers to ${URL_AT_X} what is written to @sipweet (webhook 42)\n`], first.stderr);
  assert.deepEqual(x.hooks.map(({ url }) => url), [URL_AT_X]);
  assert.deepEqual(
    x.subscriptions.map(({ event_type: type, filter, webhook_id: id }) => [type, filter, id]),
    ['post.mention.create', 'dm.received', 'chat.received'].map((type) => [type, { user_id: '1' }, '42']),
  );
  assert.equal((await x.run('register', ...PUBLIC)).code, 0);
  assert.deepEqual([x.hooks.length, x.subscriptions.length], [1, 3]);
  assert.match((await x.run('list')).stdout, /^42 {2}https:\/\/link\.example\.com\/x\/webhook\n {4}post\.mention\.create, dm\.received, chat\.received\n$/);
  assert.equal((await x.run('remove', '42')).stdout, 'Removed the webhook 42\n');
  assert.deepEqual([x.hooks.length, x.subscriptions.length], [0, 0]);
});

test('one that X has given up on is checked again, and list says that nothing comes', async (t) => {
  const x = await startX(t, [{ id: '7', url: URL_AT_X, valid: false }]);
  assert.match((await x.run('list')).stdout, /X does not deliver: it did not answer/);
  await x.run('register', ...PUBLIC);
  assert.ok(x.asked.includes('PUT /2/webhooks/7'));
  assert.equal(x.hooks.length, 1);
});

test('without an address that X would take there is nothing to register', async (t) => {
  const x = await startX(t);
  const real = { X_APP_KEY: 'k', X_APP_SECRET: 's', X_ACCESS_TOKEN: 't', X_ACCESS_SECRET: 'u' };
  for (const set of [[], ['--set', 'console.publicUrl=https://link.example.com:8443'], ['--set', 'console.publicUrl=http://127.0.0.1:4012']]) {
    const { code, stderr } = await runCli(['x', 'webhook', 'register', ...set], { cwd, env: real });
    assert.equal(code, 2);
    assert.match(stderr, /^sipweet: X .*\n$/);
  }
  assert.deepEqual(x.asked, []);
});

test('the sandbox delivers to the console of this machine', async (t) => {
  const x = await startX(t);
  const { code, stderr } = await x.run('register', '--set', 'console.port=4999');
  assert.equal(code, 0, stderr);
  assert.deepEqual(x.hooks.map(({ url }) => url), ['http://127.0.0.1:4999/x/webhook']);
});
