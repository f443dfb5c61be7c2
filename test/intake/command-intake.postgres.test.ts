import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { CommandsTable } from '../../src/db/tables/commands.ts';
import { CommandIntake } from '../../src/intake/command-intake.ts';
import { MemoryQueue } from '../../src/testing/memory-queue.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import type { XPost } from '../../src/x/port.ts';
import { withDatabase } from '../db/embedded-database.ts';

const { db } = await withDatabase();
const commands = new CommandsTable(db);
const US = { id: '9', username: 'sipweet' };
const NOW_MS = Date.UTC(2026, 7, 1, 12);

beforeEach(async () => {
  await db('commands').delete();
});

/** A process that takes posts in: each has a memory of its own, the table is everybody's. */
function process() {
  const clock = new VirtualClock(NOW_MS);
  const queue = new MemoryQueue(clock);
  const intake = new CommandIntake({ inbox: commands, jobs: queue, clock, logger: silentLogger, counters: new Counters(), maxAgeMs: 60_000 });
  return { take: (...posts: XPost[]) => intake.takePosts(US, posts), jobs: () => queue.added.flat().map(({ id }) => id) };
}

const post = (id: string, more: Partial<XPost> = {}): XPost => ({
  id,
  firstId: id,
  text: `@sipweet ${id}`,
  authorId: '42',
  authorName: 'bob',
  createdAtMs: NOW_MS,
  isRepost: false,
  ...more,
});

test('of two processes that take the same page at once each post is new to one, and has one job', async () => {
  const [a, b] = [process(), process()];
  const page = Array.from({ length: 100 }, (_, n) => post(String(1000 + n)));
  const [newToA, newToB] = await Promise.all([a.take(...page), b.take(...[...page].reverse())]);
  assert.deepEqual([...newToA, ...newToB].sort(), page.map(({ id }) => `post:${id}`));
  assert.deepEqual([...a.jobs(), ...b.jobs()].sort(), page.map(({ id }) => `post:${id}`));
});

test('an edited post stays one command; before it is handled its new words count', async () => {
  const { take, jobs } = process();
  await take(post('10', { text: '@sipweet call alic' }));
  await take(post('11', { firstId: '10', text: '@sipweet call alice' }));
  const row = await commands.find('post:10');
  assert.deepEqual([row?.latestId, row?.text, row?.state], ['11', '@sipweet call alice', 'received']);
  await commands.finish('post:10', { state: 'done', reason: 'call @alice' });
  await take(post('12', { firstId: '10', text: '@sipweet call carol' }));
  assert.equal((await commands.find('post:10'))?.text, '@sipweet call alice');
  assert.deepEqual(jobs(), ['post:10']);
});

test('what was received in time is not ignored when a process reads it again too late', async () => {
  await process().take(post('10'));
  const late = new VirtualClock(NOW_MS + 61_000);
  const intake = new CommandIntake({ inbox: commands, jobs: new MemoryQueue(late), clock: late, logger: silentLogger, counters: new Counters(), maxAgeMs: 60_000 });
  assert.deepEqual(await intake.takePosts(US, [post('10'), post('11')]), []);
  assert.equal((await commands.find('post:10'))?.state, 'received');
  const ignored = await commands.find('post:11');
  assert.deepEqual([ignored?.state, ignored?.reason], ['ignored', 'too old: it was read more than 1 min after it was written']);
});
