/** The streams against the sandbox: what a client can get wrong there, from the rule to the row. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Counters } from '../../../src/base/counters.ts';
import { CommandIntake } from '../../../src/intake/command-intake.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { pushFrom, type PushOptions } from '../../../src/workers/reader/push.ts';
import { XAppClient } from '../../../src/x/app-client.ts';
import { SANDBOX_KEYS } from '../../../src/x/emulator/sandbox-keys.ts';
import { accountIdOf } from '../../../src/x/emulator/snowflake.ts';
import { MemoryInbox } from '../../intake/memory-inbox.ts';
import { recordingLogger, sandbox } from '../../x/sandbox.ts';

const US = { id: accountIdOf('sipweet'), username: 'sipweet' };
const STREAMS = { posts: 'filtered_stream', activity: 'activity_stream' } as const;

async function setUp(t: TestContext, kind: PushOptions['kind']) {
  const x = await sandbox(t);
  const { clock } = x;
  const { logger, lines } = recordingLogger();
  const inbox = new MemoryInbox();
  const counters = new Counters();
  const intake = new CommandIntake({ inbox, jobs: new MemoryQueue(clock), clock, logger, counters, maxAgeMs: 60_000 });
  const connection = { clock, logger, apiBase: x.apiUrl };
  const app = new XAppClient({ keys: SANDBOX_KEYS, ...connection });
  const push = () => {
    const made = pushFrom({ kind, app, intake, counters, ...connection })(US);
    t.after(() => made.stop());
    return made;
  };
  const until = async (condition: () => boolean | Promise<boolean>) => {
    for (let turns = 0; turns < 20_000; turns += 1) {
      if (await condition()) return;
      await setImmediate();
    }
    assert.fail(`never: ${condition}`);
  };
  const told = (message: string) => lines.filter((line) => line.includes(message)).length;
  const opened = (times: number) => until(() => told('The stream of X is open') === times);
  const closed = (times: number) => until(() => told('againInS') === times);
  const connections = async () => (await x.control.streams()).find(({ name }) => name === STREAMS[kind])!.connections.length;
  const act = (what: Parameters<typeof x.control.actOnStream>[1]) => x.control.actOnStream(STREAMS[kind], what);
  const tweet = (text: string) => x.control.postAs({ from: 'bob_example', text: `@sipweet ${text}` });
  return { x, inbox, push, until, opened, closed, connections, act, tweet, count: (name: string) => counters.define(`worker.reader.${name}`, '').value };
}

test('a mention arrives by the filtered stream; torn characters, lone line ends, repetitions and unknown kinds lose nothing', async (t) => {
  const { inbox, push, opened, act, tweet, until, count, x } = await setUp(t, 'posts');
  push().start();
  await opened(1);
  await tweet('one');
  await act('split-utf8');
  await tweet('zwei grüße 🦊');
  await act('lone-crlf');
  await tweet('three');
  await act('repeat');
  await act('unknown-message');
  await tweet('four');
  await x.control.postAs({ from: 'bob_example', text: 'nothing about you' });
  await until(() => inbox.rows.size === 4 && count('pushed') >= 6);
  assert.deepEqual(inbox.texts, ['@sipweet one', '@sipweet zwei grüße 🦊', '@sipweet three', '@sipweet four']);
});

test('a direct message and a mention arrive by the activity stream, with their authors', async (t) => {
  const { inbox, push, opened, tweet, until, x } = await setUp(t, 'activity');
  push().start();
  await opened(1);
  await tweet('call alice');
  const message = await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'call back' });
  await until(() => inbox.rows.size === 2);
  const row = inbox.rows.get(`dm:${message.id}`);
  assert.deepEqual([row?.authorName, row?.text], ['bob_example', 'call back']);
  assert.deepEqual([...inbox.rows.values()].map(({ authorName }) => authorName), ['bob_example', 'bob_example']);
});

for (const what of ['operational-disconnect', 'close', 'cut'] as const) {
  test(`after "${what}" the stream is opened again in a second, and brings what comes then`, async (t) => {
    const { x, inbox, push, opened, closed, act, tweet, until } = await setUp(t, 'posts');
    push().start();
    await opened(1);
    await act(what);
    await closed(1);
    x.clock.advance(1_250);
    await opened(2);
    await tweet('again');
    await until(() => inbox.rows.size === 1);
  });
}

test('silence is noticed after 30 s, while heartbeats keep a quiet stream open', async (t) => {
  const { x, push, opened, closed, act, until, connections } = await setUp(t, 'posts');
  push().start();
  await opened(1);
  for (let beats = 0; beats < 3; beats += 1) {
    x.clock.advance(20_000);
    // The heartbeat has to come over the wire before time goes on.
    for (let turns = 0; turns < 200; turns += 1) await setImmediate();
  }
  assert.equal(await connections(), 1);
  await act('silence');
  x.clock.advance(30_000);
  await closed(1);
  await until(async () => (await connections()) === 0);
});

test('a second stream is refused while the first holds the place, and gets it when that one stops', async (t) => {
  const { x, push, opened, closed, connections, until } = await setUp(t, 'posts');
  const [first, second] = [push(), push()];
  first.start();
  await opened(1);
  second.start();
  await closed(1);
  assert.equal(await connections(), 1);
  await first.stop();
  await until(async () => (await connections()) === 0);
  x.clock.advance(75_000);
  await opened(2);
});

test('rules that somebody removed are set again', async (t) => {
  const { x, push, opened, closed, act, tweet, inbox, until } = await setUp(t, 'posts');
  push().start();
  await opened(1);
  const app = new XAppClient({ keys: SANDBOX_KEYS, clock: x.clock, logger: recordingLogger().logger, apiBase: x.apiUrl });
  await app.setStreamRule({ value: 'cats', tag: 'sipweet' });
  const [rule] = await app.streamRules();
  assert.equal(rule?.value, 'cats');
  await app.removeStreamRules([rule.id]);
  await act('close');
  await closed(1);
  x.clock.advance(1_250);
  await closed(2);
  x.clock.advance(6_250);
  await opened(2);
  await tweet('call alice');
  await until(() => inbox.rows.size === 1);
});
