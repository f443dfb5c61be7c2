import assert from 'node:assert/strict';
import test from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { conversationIdOf } from '../../../src/x/emulator/messages.ts';
import { Snowflakes, accountIdOf } from '../../../src/x/emulator/snowflake.ts';
import { SandboxState } from '../../../src/x/emulator/state.ts';

const state = (options: { autoCreateUsers?: boolean; maxUsers?: number; maxItems?: number } = {}) =>
  new SandboxState({ clock: new VirtualClock(), autoCreateUsers: true, maxUsers: 100, maxItems: 100, ...options });

test('an id holds its time, and ids only grow when the clock stands still or is set back', () => {
  let nowMs = Date.UTC(2026, 7, 1);
  const clock = new VirtualClock(nowMs);
  clock.now = () => nowMs;
  const ids = new Snowflakes(clock);
  const first = ids.next();
  assert.equal((BigInt(first) >> 22n) + 1_288_834_974_657n, BigInt(nowMs));
  const second = ids.next();
  nowMs -= 1000;
  const third = ids.next();
  assert.ok(BigInt(first) < BigInt(second) && BigInt(second) < BigInt(third));
});

test('the id of an account comes from its handle alone, so it outlives a restart', () => {
  assert.equal(state().userByName('Bob_Example')?.id, state().putUser({ username: 'bob_example' })?.id);
  assert.match(accountIdOf('bob_example'), /^[0-9]{19}$/);
  assert.ok(BigInt(accountIdOf('bob_example')) < 2n ** 63n);
});

test('an account that was met by its id first gets its name when somebody says it, and keeps its messages', () => {
  const x = state();
  const id = accountIdOf('bob_example');
  assert.match(x.userById(id)?.username ?? '', /^u[0-9a-z]{1,14}$/);
  x.addMessage({ senderId: '1', recipientId: id, text: 'before' });
  const named = x.userByName('bob_example');
  assert.deepEqual([named?.id, named?.username, named?.name], [id, 'bob_example', 'bob_example']);
  assert.equal(x.users.length, 1);
});

test('without autoCreateUsers nobody comes to life by being asked for', () => {
  const x = state({ autoCreateUsers: false });
  assert.equal(x.userByName('bob'), undefined);
  assert.equal(x.userById('12'), undefined);
  x.putUser({ username: 'bob' });
  assert.equal(x.userByName('BOB')?.username, 'bob');
});

test('a changed account keeps what is not named', () => {
  const x = state();
  x.putUser({ username: 'bob', name: 'Bob', acceptsDms: false });
  assert.deepEqual(
    [x.putUser({ username: 'bob' })?.name, x.putUser({ username: 'bob' })?.acceptsDms, x.putUser({ username: 'bob', acceptsDms: true })?.acceptsDms],
    ['Bob', false, true],
  );
});

test('full: no more accounts, and the oldest messages and posts go', () => {
  const x = state({ maxUsers: 1, maxItems: 2 });
  const bob = x.userByName('bob')!;
  assert.equal(x.userByName('ann'), undefined);
  assert.equal(x.putUser({ username: 'ann' }), undefined);
  for (const text of ['1', '2', '3']) {
    x.addMessage({ senderId: '1', recipientId: bob.id, text });
    x.addPost({ authorId: bob.id, text });
  }
  assert.deepEqual(x.messages.map(({ text }) => text), ['2', '3']);
  assert.deepEqual(x.posts.map(({ text }) => text), ['2', '3']);
});

test('the messages behind one are those that came later, also when that one is forgotten', () => {
  const x = state({ maxItems: 3 });
  const ids = ['1', '2', '3', '4'].map((text) => x.addMessage({ senderId: '1', recipientId: '2', text }).id);
  const behind = (id: string) => x.messagesAfter(id).map(({ text }) => text);
  assert.deepEqual([behind(ids[1]!), behind(ids[2]!), behind(ids[3]!)], [['3', '4'], ['4'], []]);
  assert.deepEqual(behind('0'), ['2', '3', '4']);
  assert.deepEqual(behind(ids[0]!), ['2', '3', '4']);
});

test('a conversation id puts the smaller account first, as a number', () => {
  assert.equal(conversationIdOf('77', '9'), '9-77');
  assert.equal(conversationIdOf('9', '77'), '9-77');
});
