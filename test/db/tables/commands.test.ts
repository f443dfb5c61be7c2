import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { IncomingCommand } from '../../../src/commands/incoming-command.ts';
import { CommandsTable } from '../../../src/db/tables/commands.ts';
import { withDatabase } from '../embedded-database.ts';

const database = await withDatabase();
const commands = new CommandsTable(database.db);
const T0 = Date.UTC(2026, 10, 22, 14, 0);

beforeEach(async () => {
  await database.db('commands').delete();
});

function post(id: number, change: Partial<IncomingCommand> = {}): IncomingCommand {
  return { id: `post:${id}`, source: 'post', latestId: String(id), authorId: '7', authorName: 'bob', text: 'call @alice', postedAtMs: T0 + id, ...change };
}

test('a command is entered once, and only the new ids come back', async () => {
  assert.deepEqual(await commands.receive([post(1), post(2)]), ['post:1', 'post:2']);
  assert.deepEqual(await commands.receive([post(2), post(3)]), ['post:3']);
  assert.deepEqual(await commands.receive([]), []);
  assert.equal((await commands.find('post:2'))?.state, 'received');
});

test('an edit of an unhandled command takes the place of its words and is what a reply answers', async () => {
  await commands.receive([post(99)]);
  assert.deepEqual(await commands.receive([post(99, { latestId: '100', text: 'call @carol' })]), []);
  const found = await commands.find('post:99');
  assert.deepEqual([found?.text, found?.latestId], ['call @carol', '100']);
});

test('an older version that is read after a newer one changes nothing', async () => {
  await commands.receive([post(99, { latestId: '100', text: 'call @carol' })]);
  await commands.receive([post(99)]);
  assert.equal((await commands.find('post:99'))?.text, 'call @carol');
});

test('of two versions in one batch the newer counts', async () => {
  assert.deepEqual(await commands.receive([post(9, { latestId: '10', text: 'new' }), post(9, { text: 'old' })]), ['post:9']);
  assert.equal((await commands.find('post:9'))?.text, 'new');
});

test('an edit of a handled command changes nothing', async () => {
  await commands.receive([post(1)]);
  assert.equal(await commands.finish('post:1', { state: 'done', reason: 'call alice', sipUser: 'bob' }), true);
  assert.deepEqual(await commands.receive([post(1, { latestId: '2', text: 'call @carol' })]), []);
  const found = await commands.find('post:1');
  assert.deepEqual([found?.text, found?.latestId, found?.state, found?.reason, found?.sipUser], ['call @alice', '1', 'done', 'call alice', 'bob']);
});

test('nobody edits the command of another author', async () => {
  await commands.receive([post(1)]);
  await commands.receive([post(1, { latestId: '2', authorId: '8', text: 'call 0900' })]);
  assert.equal((await commands.find('post:1'))?.text, 'call @alice');
});

test('a command that is ignored has its reason and no job; one that is known stays as it is', async () => {
  await commands.receive([post(1)]);
  await commands.ignore([post(1), post(2)], 'too old');
  assert.equal((await commands.find('post:1'))?.state, 'received');
  const ignored = await commands.find('post:2');
  assert.deepEqual([ignored?.state, ignored?.reason], ['ignored', 'too old']);
});

test('a command ends once', async () => {
  await commands.receive([post(1)]);
  assert.equal(await commands.finish('post:1', { state: 'done', reason: 'first' }), true);
  assert.equal(await commands.finish('post:1', { state: 'refused', reason: 'second' }), false);
  assert.equal((await commands.find('post:1'))?.reason, 'first');
});

test('the next command of an author is the one he wrote first, ids of different length included', async () => {
  await commands.receive([post(10, { postedAtMs: T0 }), post(9, { postedAtMs: T0 }), post(8, { postedAtMs: T0 + 1 }), post(1, { authorId: '8', postedAtMs: T0 - 1 })]);
  const order: (string | undefined)[] = [];
  for (;;) {
    const next = await commands.nextFor('7');
    if (next === undefined) break;
    order.push(next.id);
    await commands.finish(next.id, { state: 'done', reason: '' });
  }
  assert.deepEqual(order, ['post:9', 'post:10', 'post:8']);
});

test('an author is locked by one transaction at a time, until it ends; nobody waits for it', async () => {
  await database.db.transaction(async (first) => {
    assert.equal(await new CommandsTable(first).lockAuthor('7'), true);
    await database.db.transaction(async (second) => {
      assert.equal(await new CommandsTable(second).lockAuthor('7'), false);
      assert.equal(await new CommandsTable(second).lockAuthor('8'), true);
    });
  });
  await database.db.transaction(async (third) => assert.equal(await new CommandsTable(third).lockAuthor('7'), true));
});

test('commands that have waited long are found, the oldest first; handled ones are not', async () => {
  await commands.receive([post(1), post(2), post(3), post(4)]);
  await commands.finish('post:3', { state: 'done', reason: '' });
  await database.db.raw(`update commands set received_at = now() - make_interval(secs => 100 - posted_at_order) from
    (select id as the_id, row_number() over (order by posted_at)::int as posted_at_order from commands) o where id = the_id and id <> 'post:4'`);
  assert.deepEqual(await commands.waitingLongerThan(60_000), ['post:1', 'post:2']);
  assert.deepEqual(await commands.waitingLongerThan(60_000, 1), ['post:1']);
});

test('commands are counted by when they were written, those turned down with a word by themselves', async () => {
  await commands.receive([1000, 2000, 3000, 4000].map((ms) => post(ms)));
  await commands.finish('post:1000', { state: 'done', reason: 'x' });
  await commands.finish('post:2000', { state: 'refused', reason: 'too-often (at most 1)' });
  await commands.finish('post:3000', { state: 'refused', reason: 'premium: 0900' });
  assert.deepEqual(await commands.countHandled('7', T0 + 4000, 60_000, 'too-often'), { all: 3, turnedDown: 1 });
  assert.deepEqual(await commands.countHandled('7', T0 + 4000, 2_000, 'too-often'), { all: 1, turnedDown: 0 });
  assert.deepEqual(await commands.countHandled('7', T0 + 2000, 60_000, 'too-often'), { all: 2, turnedDown: 1 });
  assert.equal(await commands.countRefused('too-often', 60_000), 1);
});

test('NUL characters, which PostgreSQL cannot hold, and endless texts are no way to stop the reader', async () => {
  await commands.receive([post(1, { text: `call\0 ${'x'.repeat(10_000)}`, authorName: 'b\0b' })]);
  const found = await commands.find('post:1');
  assert.equal(found?.text.length, 4000);
  assert.equal(found?.authorName, 'bb');
});
