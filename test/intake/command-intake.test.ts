import assert from 'node:assert/strict';
import test from 'node:test';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { CommandIntake } from '../../src/intake/command-intake.ts';
import { VirtualClock } from '../../src/testing/clock.ts';
import { MemoryQueue } from '../../src/testing/memory-queue.ts';
import type { XIncomingMessage, XPost } from '../../src/x/port.ts';
import { MemoryInbox } from './memory-inbox.ts';

const US = { id: '9', username: 'bot' };
const MAX_AGE_MS = 600_000;

function setUp() {
  const clock = new VirtualClock();
  const queue = new MemoryQueue(clock);
  const inbox = new MemoryInbox();
  const counters = new Counters();
  const intake = new CommandIntake({ inbox, jobs: queue, clock, logger: silentLogger, counters, maxAgeMs: MAX_AGE_MS });
  const count = (name: string) => counters.define(`intake.${name}`, '').value;
  const post = (id: string, more: Partial<XPost> = {}): XPost => ({
    id,
    firstId: id,
    text: `@bot ${id}`,
    authorId: '42',
    authorName: 'bob',
    createdAtMs: clock.now(),
    isRepost: false,
    ...more,
  });
  const message = (id: string, more: Partial<XIncomingMessage> = {}): XIncomingMessage => ({
    id,
    text: id,
    senderId: '42',
    senderName: 'bob',
    createdAtMs: clock.now(),
    ...more,
  });
  return { clock, queue, inbox, intake, count, post, message, jobs: () => queue.added.flat().map(({ id, data }) => [id, data]) };
}

test('a post becomes a row and then a job, both named by the first id of its history', async () => {
  const { intake, inbox, post, jobs, clock } = setUp();
  assert.deepEqual(await intake.takePosts(US, [post('11', { firstId: '10' })]), ['post:10']);
  assert.deepEqual(inbox.rows.get('post:10'), {
    id: 'post:10',
    source: 'post',
    latestId: '11',
    authorId: '42',
    authorName: 'bob',
    text: '@bot 11',
    postedAtMs: clock.now(),
    state: 'received',
  });
  assert.deepEqual(jobs(), [['post:10', '{"v":1,"id":"post:10"}']]);
});

test('a message becomes dm:<id>; an author without a handle is named by his id', async () => {
  const { intake, inbox, message } = setUp();
  await intake.takeMessages(US, [message('7', { senderName: undefined })]);
  assert.deepEqual([inbox.rows.get('dm:7')?.source, inbox.rows.get('dm:7')?.authorName], ['dm', '42']);
});

test('our own posts and messages and all reposts are no commands', async () => {
  const { intake, inbox, post, message, count } = setUp();
  await intake.takePosts(US, [post('1', { authorId: US.id }), post('2', { isRepost: true })]);
  await intake.takeMessages(US, [message('3', { senderId: US.id })]);
  assert.equal(inbox.rows.size, 0);
  assert.equal(count('foreign'), 3);
});

test('an edited post whose first id is known is no second command, and makes no second job', async () => {
  const { intake, inbox, post, jobs, count } = setUp();
  await intake.takePosts(US, [post('10')]);
  assert.deepEqual(await intake.takePosts(US, [post('11', { firstId: '10' })]), []);
  assert.equal(inbox.rows.size, 1);
  assert.equal(jobs().length, 1);
  assert.equal(count('known'), 1);
});

test('of two versions on one page the newer one counts', async () => {
  const { intake, inbox, post } = setUp();
  await intake.takePosts(US, [post('1000', { firstId: '999' }), post('999')]);
  assert.deepEqual([...inbox.rows.values()].map(({ id, latestId }) => [id, latestId]), [['post:999', '1000']]);
});

test('what one person wrote is entered in the order in which it was written', async () => {
  const { intake, inbox, post, clock } = setUp();
  const early = clock.now() - 5000;
  await intake.takePosts(US, [post('30'), post('9', { createdAtMs: early }), post('10', { createdAtMs: early })]);
  assert.deepEqual(inbox.texts, ['@bot 9', '@bot 10', '@bot 30']);
});

test('what is read again in the overlap costs no statement', async () => {
  const { intake, inbox, post } = setUp();
  const page = [post('1'), post('2')];
  await intake.takePosts(US, page);
  await intake.takePosts(US, page);
  assert.equal(inbox.calls, 1);
  assert.equal(intake.hasTaken('post', '2'), true);
  assert.equal(intake.hasTaken('dm', '2'), false);
});

test('what is too old is recorded as ignored with the reason and gets no job', async () => {
  const { intake, inbox, post, jobs, clock, count } = setUp();
  const created = clock.now() - MAX_AGE_MS;
  await intake.takePosts(US, [post('1', { createdAtMs: created - 1 }), post('2', { createdAtMs: created })]);
  assert.deepEqual(inbox.ids('ignored'), ['post:1']);
  assert.match(inbox.rows.get('post:1')?.reason ?? '', /^too old: .* 10 min/);
  assert.deepEqual(jobs().map(([id]) => id), ['post:2']);
  assert.equal(count('late'), 1);
});

test('who wants to be left alone is, however late it is read, in any language; nothing else that is old is carried out', async () => {
  const { intake, inbox, post, clock } = setUp();
  const createdAtMs = clock.now() - 30 * MAX_AGE_MS;
  const texts = ['@sipweet stop', '@sipweet STOPP', '@sipweet please stop calling me', '@sipweet call @alice'];
  await intake.takePosts(US, texts.map((text, index) => post(String(index + 1), { createdAtMs, text })));
  assert.deepEqual(inbox.ids('received'), ['post:1', 'post:2']);
  assert.deepEqual(inbox.ids('ignored'), ['post:3', 'post:4']);
});

test('at the very first start what is too old leaves no trace', async () => {
  const { intake, inbox, post, clock } = setUp();
  await intake.takePosts(US, [post('1', { createdAtMs: clock.now() - MAX_AGE_MS - 1 })], { skipLate: true });
  assert.equal(inbox.rows.size, 0);
});

test('a database that is away rejects and takes nothing for known: the same again succeeds', async () => {
  const { intake, inbox, post, jobs } = setUp();
  inbox.down = true;
  await assert.rejects(intake.takePosts(US, [post('1')]), /switched off/);
  assert.deepEqual(jobs(), []);
  inbox.down = false;
  assert.deepEqual(await intake.takePosts(US, [post('1')]), ['post:1']);
  assert.equal(jobs().length, 1);
});

test('a queue that is away is left to the sweep: the row is there, and nothing is read twice for it', async () => {
  const { intake, inbox, post, queue, count } = setUp();
  queue.down = true;
  assert.deepEqual(await intake.takePosts(US, [post('1')]), ['post:1']);
  assert.deepEqual(inbox.ids('received'), ['post:1']);
  assert.equal(count('jobs-left'), 1);
});
