import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test, type TestContext } from 'node:test';
import { silentLogger } from '../../../src/base/logger.ts';
import { SystemClock } from '../../../src/base/system-clock.ts';
import { ControlClient } from '../../../src/x/emulator/control-client.ts';
import { startEmulator } from '../../../src/x/emulator/server.ts';
import { temporaryFolder } from '../../db/cluster-folder.ts';
import { CliProcess, runCli } from '../cli-process.ts';

const cwd = await temporaryFolder();
after(() => rm(cwd, { recursive: true, force: true }));

/** A sandbox, and the command `x` that finds it. */
async function sandbox(t: TestContext) {
  const emulator = await startEmulator({ clock: new SystemClock(), logger: silentLogger, apiPort: 0, controlPort: 0 });
  t.after(() => emulator.close());
  const set = ['--set', `x.sandboxControlPort=${new URL(emulator.controlUrl).port}`];
  return { emulator, control: new ControlClient(emulator.controlUrl), set, x: (...args: string[]) => runCli(['x', ...args, ...set], { cwd }) };
}

test('post and dm write as anybody, timeline shows the post with its id, and a reply finds it', async (t) => {
  const { control, x } = await sandbox(t);
  const posted = await x('post', '--as', '@bob_example', '@sipweet call @alice_example');
  const id = /^Posted as @bob_example, id (\d+)\n$/.exec(posted.stdout)?.[1];
  assert.ok(id, posted.stdout + posted.stderr);
  const reply = await x('post', '--as', 'bob_example', '--reply-to', id, '@sipweet cancel', '--json');
  assert.equal((JSON.parse(reply.stdout) as { replyToId: string }).replyToId, id);
  const timeline = await x('timeline');
  assert.match(timeline.stdout, new RegExp(`^\\S+Z {2}${id} {2}@bob_example: @sipweet call @alice_example\\n\\S+Z {2}\\d+ {4}@bob_example: @sipweet cancel\\n$`));

  const sent = await x('dm', '--as', 'bob_example', 'call @alice_example');
  assert.match(sent.stdout, /^Sent to @sipweet as @bob_example, id \d+\n$/);
  await x('dm', '--as', 'bob_example', '--to', '@ann', 'hello');
  assert.deepEqual((await control.messages()).map(({ from, to, text }) => [from, to, text]), [
    ['bob_example', 'sipweet', 'call @alice_example'],
    ['bob_example', 'ann', 'hello'],
  ]);
});

test('--json is what a program can read, for inbox, timeline and users', async (t) => {
  const { control, x } = await sandbox(t);
  await control.sendAs({ from: 'sipweet', to: 'bob', text: 'hi' });
  await control.postAs({ from: 'ann', text: 'one' });
  const [inbox, timeline, users] = await Promise.all([x('inbox', 'bob', '--json'), x('timeline', '--json'), x('users', '--json')]);
  assert.deepEqual((JSON.parse(inbox.stdout) as { text: string }[]).map(({ text }) => text), ['hi']);
  assert.deepEqual((JSON.parse(timeline.stdout) as { author: string }[]).map(({ author }) => author), ['ann']);
  assert.deepEqual((JSON.parse(users.stdout) as { username: string }[]).map(({ username }) => username), ['sipweet', 'bob', 'ann']);
});

test('inbox --follow shows what is there and then what arrives, each once, until the sandbox ends', async (t) => {
  const { control, emulator, set } = await sandbox(t);
  await control.sendAs({ from: 'sipweet', to: 'bob', text: 'first' });
  const following = new CliProcess(['x', 'inbox', 'bob', '--follow', ...set], { cwd });
  await following.said(/first/, 'stdout');
  await control.sendAs({ from: 'sipweet', to: 'ann', text: 'not his' });
  await control.sendAs({ from: 'sipweet', to: 'bob', text: 'second' });
  await following.said(/second/, 'stdout');
  await emulator.close();
  const { code, stdout, stderr } = await following.ended;
  assert.deepEqual([code, stdout.match(/@sipweet: \w+/g), stderr], [0, ['@sipweet: first', '@sipweet: second'], 'The sandbox has ended\n']);
});

test('inbox --follow: a sandbox that ends behind its last change, before it is asked what came, has ended like any other', async () => {
  const message = { id: '1', createdAtMs: 0, from: 'sipweet', to: 'bob', text: 'first' };
  const dying = createServer((request, response) => {
    if (request.url === '/changes') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: change\ndata:\n\n');
      changes = response;
    } else if (isAlive) {
      isAlive = false;
      response.end(JSON.stringify([message]), () => changes?.write('event: change\ndata:\n\n'));
    } else {
      response.destroy();
      changes?.destroy();
      dying.close();
    }
  });
  let changes: ServerResponse | undefined;
  let isAlive = true;
  await once(dying.listen(0, '127.0.0.1'), 'listening');
  const { port } = dying.address() as AddressInfo;
  const { code, stdout, stderr } = await runCli(['x', 'inbox', 'bob', '--follow', '--set', `x.sandboxControlPort=${port}`], { cwd });
  assert.deepEqual([code, stdout.match(/@sipweet: \w+/g), stderr], [0, ['@sipweet: first'], 'The sandbox has ended\n']);
});

test('what cannot be is said: no sandbox, no such post, a wrong name, closed messages', async (t) => {
  const { control, x } = await sandbox(t);
  await control.putUser({ username: 'ann', acceptsDms: false });
  const [none, lost, wrong, closed] = await Promise.all([
    runCli(['x', 'dm', '--as', 'bob', 'x', '--set', 'x.sandboxControlPort=1'], { cwd }),
    x('post', '--as', 'bob', '--reply-to', '12', 'x'),
    x('post', '--as', 'bob example', 'x'),
    x('dm', '--as', 'bob', '--to', 'ann', 'x'),
  ]);
  assert.match(none.stderr, /^sipweet: No X sandbox answers at http:\/\/127\.0\.0\.1:1: .*\n$/);
  assert.match(lost.stderr, /^sipweet: The sandbox has no such post\n$/);
  assert.match(wrong.stderr, /A name on X has 1 to 15 letters/);
  assert.match(closed.stderr, /^sipweet: @ann takes no direct messages from @bob\n$/);
  assert.deepEqual([none.code, lost.code, wrong.code, closed.code], [1, 1, 2, 1]);
});
