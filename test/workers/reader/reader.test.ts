import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Counters } from '../../../src/base/counters.ts';
import { silentLogger, type Logger } from '../../../src/base/logger.ts';
import { CursorsTable } from '../../../src/db/tables/cursors.ts';
import { LeasesTable } from '../../../src/db/tables/leases.ts';
import { CommandIntake, type Ours } from '../../../src/intake/command-intake.ts';
import { MemoryQueue } from '../../../src/testing/memory-queue.ts';
import { READER_LEASE, Reader } from '../../../src/workers/reader/reader.ts';
import type { PushFactory } from '../../../src/workers/reader/push.ts';
import { accountIdOf } from '../../../src/x/emulator/snowflake.ts';
import { timeOfId } from '../../../src/x/ids.ts';
import type { XReading } from '../../../src/x/port.ts';
import { withDatabase } from '../../db/embedded-database.ts';
import { MemoryInbox } from '../../intake/memory-inbox.ts';
import { recordingLogger, sandbox } from '../../x/sandbox.ts';

const { db } = await withDatabase();
const POLL_MS = 10_000;
const MESSAGE_POLL_MS = 25_000;
const MAX_AGE_MS = 60_000;
const OVERLAP_MS = 90_000;

/** Turns the event loop until the condition holds; the clocks of these tests stand still meanwhile. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let turns = 0; turns < 20_000; turns += 1) {
    if (await condition()) return;
    await setImmediate();
  }
  assert.fail(`never: ${condition}`);
}

/** A sandbox, the tables, and processes that read. All time is the clock's, within the minutes that a signature allows. */
async function setUp(t: TestContext) {
  await db('leases').delete();
  await db('x_cursors').delete();
  const x = await sandbox(t);
  const inbox = new MemoryInbox();
  const queue = new MemoryQueue(x.clock);
  const cursors = new CursorsTable(db);
  const client = x.client();
  const reader = (options: { x?: XReading; logger?: Logger; push?: PushFactory } = {}) => {
    const counters = new Counters();
    const logger = options.logger ?? silentLogger;
    const intake = new CommandIntake({ inbox, jobs: queue, clock: x.clock, logger, counters, maxAgeMs: MAX_AGE_MS });
    const made = new Reader({
      x: client,
      intake,
      leases: new LeasesTable(db),
      cursors,
      clock: x.clock,
      logger,
      counters,
      pollMs: POLL_MS,
      messagePollMs: MESSAGE_POLL_MS,
      maxAgeMs: MAX_AGE_MS,
      overlapMs: OVERLAP_MS,
      stopMs: 1000,
      ...options,
    });
    t.after(() => made.stop());
    const count = (name: string) => counters.define(`worker.reader.${name}`, '').value;
    /** Starts it, and waits until both lists were read once. */
    const begin = async () => {
      made.start();
      await until(() => count('polls') + count('failures') + count('waits') + count('pauses') >= 2);
    };
    return { reader: made, count, begin };
  };
  /** Lets the time of one poll of the mentions pass. */
  const nextPoll = async (count: (name: string) => number) => {
    const outcomes = () => ['polls', 'failures', 'waits', 'pauses'].reduce((sum, name) => sum + count(name), 0);
    const before = outcomes();
    x.clock.advance(POLL_MS);
    await until(() => outcomes() > before);
  };
  const tweet = (text: string) => x.control.postAs({ from: 'bob_example', text: `@sipweet ${text}` });
  return { x, inbox, queue, cursors, client, reader, nextPoll, tweet };
}

test('mentions and direct messages become rows and jobs, and the cursors stand at the newest of each list', async (t) => {
  const { x, inbox, queue, cursors, reader, tweet } = await setUp(t);
  const post = await tweet('call alice');
  const message = await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'call back' });
  const ours = await x.control.sendAs({ from: 'sipweet', to: 'bob_example', text: 'ours' });
  await reader().begin();
  assert.deepEqual(inbox.ids('received').sort(), [`dm:${message.id}`, `post:${post.id}`]);
  assert.deepEqual(queue.added.flat().map(({ queue: name, id }) => [name, id]).sort(), [['x-command', `dm:${message.id}`], ['x-command', `post:${post.id}`]]);
  assert.equal(await cursors.read('mentions'), post.id);
  assert.equal(await cursors.read('messages'), ours.id);
});

test('at the very first start what is older than the bound is left out; nothing dials for yesterday', async (t) => {
  const { x, inbox, reader, tweet, cursors, nextPoll } = await setUp(t);
  await tweet('old');
  await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'old too' });
  x.clock.advance(MAX_AGE_MS + 1000);
  const { begin, count } = reader();
  await begin();
  assert.equal(inbox.rows.size, 0);
  assert.equal(timeOfId((await cursors.read('mentions'))!), x.clock.now() - MAX_AGE_MS);
  await tweet('new');
  await nextPoll(count);
  assert.deepEqual(inbox.texts, ['@sipweet new']);
});

test('after an outage what is too old is recorded as ignored with its reason', async (t) => {
  const { x, inbox, reader, tweet } = await setUp(t);
  const first = reader();
  await tweet('one');
  await first.begin();
  await first.reader.stop();
  const late = await tweet('late');
  x.clock.advance(MAX_AGE_MS + 1);
  const fresh = await tweet('fresh');
  await reader().begin();
  assert.deepEqual(inbox.ids('ignored'), [`post:${late.id}`]);
  assert.match(inbox.rows.get(`post:${late.id}`)?.reason ?? '', /^too old/);
  assert.ok(inbox.ids('received').includes(`post:${fresh.id}`));
});

test('a post that X lists late, below posts that were read already, is found', async (t) => {
  const { x, inbox, reader, tweet, nextPoll, cursors } = await setUp(t);
  const { begin, count } = reader();
  const hidden = await x.control.postAs({ from: 'carol_example', text: '@sipweet call dave', indexDelayMs: null });
  x.clock.advance(1);
  const seen = await tweet('call alice');
  await begin();
  assert.equal(await cursors.read('mentions'), seen.id);
  await x.control.indexPost(hidden.id);
  await nextPoll(count);
  assert.deepEqual(inbox.texts, ['@sipweet call alice', '@sipweet call dave']);
  assert.equal(await cursors.read('mentions'), seen.id);
});

test('an edited post is one command', async (t) => {
  const { x, inbox, queue, reader, tweet, nextPoll } = await setUp(t);
  const { begin, count } = reader();
  const post = await tweet('call alic');
  await begin();
  await x.control.editPost(post.id, '@sipweet call alice');
  await nextPoll(count);
  assert.deepEqual(inbox.ids('received'), [`post:${post.id}`]);
  assert.equal(queue.added.flat().length, 1);
});

test('empty lists are read again and again without harm', async (t) => {
  const { inbox, reader, nextPoll } = await setUp(t);
  const { begin, count } = reader();
  await begin();
  for (let polls = 0; polls < 3; polls += 1) await nextPoll(count);
  assert.equal(inbox.calls, 0);
  assert.equal(count('failures'), 0);
});

test('when the second of two pages breaks off, the cursor stays and everything is there in the end', async (t) => {
  const { x, inbox, reader, client, cursors, tweet, nextPoll } = await setUp(t);
  for (let n = 0; n < 130; n += 1) await tweet(String(n));
  let broken = 0;
  const flaky: XReading = {
    me: () => client.me(),
    directMessages: (query) => client.directMessages(query),
    async mentions(query) {
      if (query.pageToken !== undefined && broken === 0) {
        broken += 1;
        await x.control.fault({ kind: 'cut-mid-json', path: '/2/users/' });
      }
      return client.mentions(query);
    },
  };
  const { begin, count } = reader({ x: flaky });
  await begin();
  await until(() => count('failures') === 1);
  assert.equal(inbox.rows.size, 100);
  const cursor = await cursors.read('mentions');
  assert.equal(cursor, undefined);
  await nextPoll(count);
  assert.equal(inbox.rows.size, 130);
  assert.equal(new Set(inbox.texts).size, 130);
  assert.equal(await cursors.read('mentions'), (await x.control.posts()).at(-1)!.id);
});

test('a database that is away keeps the cursor: the same posts come again', async (t) => {
  const { x, inbox, reader, tweet, cursors } = await setUp(t);
  const post = await tweet('call alice');
  inbox.down = true;
  const { begin, count } = reader();
  await begin();
  assert.equal(count('failures'), 1);
  assert.equal(await cursors.read('mentions'), undefined);
  inbox.down = false;
  x.clock.advance(10_000);
  await until(() => inbox.rows.size === 1);
  assert.deepEqual(inbox.ids('received'), [`post:${post.id}`]);
});

test('a 429 is waited out, while the other list is read on', async (t) => {
  const { x, inbox, reader, tweet, nextPoll } = await setUp(t);
  await x.control.fault({ kind: 'rate-limited', path: `/2/users/${accountIdOf('sipweet')}` });
  const { logger, lines } = recordingLogger();
  const { begin, count } = reader({ logger });
  await begin();
  assert.deepEqual([count('waits'), count('polls')], [1, 1]);
  await tweet('call alice');
  await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'call back' });
  x.clock.advance(MESSAGE_POLL_MS - POLL_MS);
  await nextPoll(count);
  assert.deepEqual(inbox.texts, ['call back']);
  const waits = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ message }) => message === 'X has asked to wait');
  assert.deepEqual(waits.map(({ list }) => list), ['mentions']);
  assert.ok(Number(waits[0]!['waitS']) > 60);
});

test('402 pauses the reading with an error in the log', async (t) => {
  const { x, reader } = await setUp(t);
  await x.control.fault({ kind: 'payment-required', path: '/2/dm_events' });
  const { logger, lines } = recordingLogger();
  const { begin, count } = reader({ logger });
  await begin();
  assert.deepEqual([count('pauses'), count('polls')], [1, 1]);
  const error = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find(({ level }) => level === 'error');
  assert.deepEqual([error?.['list'], error?.['class'], error?.['status']], ['messages', 'payment', 402]);
});

test('one process of two reads; when it stops the other goes on where it was', async (t) => {
  const { x, inbox, reader, tweet, nextPoll } = await setUp(t);
  const [a, b] = [reader(), reader()];
  await a.begin();
  b.reader.start();
  await until(async () => (await new LeasesTable(db).holder(READER_LEASE)) !== undefined);
  assert.deepEqual([a.reader.isReading, b.reader.isReading], [true, false]);
  await a.reader.stop();
  await tweet('while nobody reads');
  x.clock.advance(10_000);
  await until(() => b.count('polls') >= 2);
  assert.deepEqual(inbox.texts, ['@sipweet while nobody reads']);
  await nextPoll(b.count);
  assert.equal(a.count('polls'), 2);
});

test('a reader that hangs in a page while another takes over takes nothing from it', async (t) => {
  const { x, inbox, reader, client, tweet, cursors } = await setUp(t);
  let answer = () => {};
  const gate = new Promise<void>((resolve) => (answer = resolve));
  let isAsked = false;
  const slow: XReading = {
    me: () => client.me(),
    directMessages: (query) => client.directMessages(query),
    async mentions(query) {
      const page = await client.mentions(query);
      isAsked = true;
      await gate;
      return page;
    },
  };
  const [a, b] = [reader({ x: slow }), reader()];
  const post = await tweet('call alice');
  a.reader.start();
  await until(() => isAsked);
  // The machine of the first one slept: its lease is over for the database.
  await db.raw(`update leases set until = now() - interval '1 s'`);
  b.reader.start();
  await until(() => b.count('polls') >= 2);
  assert.deepEqual(inbox.ids('received'), [`post:${post.id}`]);
  const { calls } = inbox;
  // The first one finds out when it renews.
  x.clock.advance(10_000);
  await until(() => a.count('lost') === 1);
  assert.equal(a.reader.isReading, false);
  answer();
  await a.reader.stop();
  assert.equal(inbox.calls, calls);
  assert.equal(await cursors.read('mentions'), post.id);
  assert.equal(b.reader.isReading, true);
});

test('messages end at the cursor: what the bot itself sent costs no pages', async (t) => {
  const { x, inbox, reader } = await setUp(t);
  const { begin, count } = reader();
  await begin();
  const listed = async () => (await x.control.requests()).filter(({ target }) => target.startsWith('/2/dm_events')).length;
  /** One look at each list. */
  const look = async () => {
    const before = { polls: count('polls'), pages: await listed() };
    x.clock.advance(MESSAGE_POLL_MS);
    await until(() => count('polls') === before.polls + 2);
    return (await listed()) - before.pages;
  };
  for (let n = 0; n < 40; n += 1) await x.control.sendAs({ from: 'sipweet', to: 'bob_example', text: String(n) });
  await x.control.sendAs({ from: 'bob_example', to: 'sipweet', text: 'hello' });
  assert.equal(await look(), 2);
  assert.deepEqual(inbox.texts, ['hello']);
  assert.deepEqual([await look(), await look()], [1, 1]);
});

test('the stream begins when it is known who we are, and ends with the lease', async (t) => {
  const { x, reader } = await setUp(t);
  const events: string[] = [];
  const push: PushFactory = (us: Ours) => ({
    start: () => void events.push(`start ${us.username}`),
    stop: async () => void events.push('stop'),
  });
  const { begin, count, reader: made } = reader({ push });
  await begin();
  assert.deepEqual(events, ['start sipweet']);
  await db('leases').update({ holder: 'another' });
  x.clock.advance(10_000);
  await until(() => count('lost') === 1);
  await made.stop();
  assert.deepEqual(events, ['start sipweet', 'stop']);
});
