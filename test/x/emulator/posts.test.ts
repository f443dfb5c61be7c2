import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { Posts, mentionsIn, type EditRefusal, type SandboxPost } from '../../../src/x/emulator/posts.ts';
import { Snowflakes } from '../../../src/x/emulator/snowflake.ts';

function posts(maxItems = 100): { clock: VirtualClock; posts: Posts } {
  const clock = new VirtualClock();
  return { clock, posts: new Posts({ clock, snowflakes: new Snowflakes(clock), maxItems, idOfHandle: (name) => (name === 'bot' ? '7' : undefined) }) };
}

const edited = (result: SandboxPost | EditRefusal): SandboxPost => (typeof result === 'string' ? assert.fail(result) : result);

describe('mentions', () => {
  test('are whole handles, with places that count characters and not UTF-16 units', () => {
    assert.deepEqual(mentionsIn('🦊 @bot, mail@bot @bots @@bot', () => undefined), [
      { start: 2, end: 6, username: 'bot' },
      { start: 17, end: 22, username: 'bots' },
    ]);
  });

  test('keep the id that the handle had when the post was written', () => {
    assert.deepEqual(posts().posts.add({ authorId: '1', text: '@bot' }).mentions, [{ start: 0, end: 4, username: 'bot', id: '7' }]);
  });
});

describe('edits', () => {
  test('each is a post of its own with a higher id, the first id stays first in the history', () => {
    const { posts: all } = posts();
    const first = all.add({ authorId: '1', text: 'a' });
    const second = edited(all.edit(first.id, 'b'));
    const third = edited(all.edit(first.id, 'c'));
    assert.ok(BigInt(third.id) > BigInt(second.id) && BigInt(second.id) > BigInt(first.id));
    assert.deepEqual(third.editIds, [first.id, second.id, third.id]);
    assert.deepEqual(all.current, [third]);
    assert.equal(all.byId(first.id)?.text, 'a');
    assert.equal(third.conversationId, first.conversationId);
  });

  test('five of them, not six', () => {
    const { posts: all } = posts();
    const { id } = all.add({ authorId: '1', text: '0' });
    for (let n = 1; n <= 5; n += 1) edited(all.edit(id, String(n)));
    assert.equal(all.edit(id, '6'), 'too-often');
  });

  test('within 30 minutes of the first version, whenever the last one was', () => {
    const { clock, posts: all } = posts();
    const { id } = all.add({ authorId: '1', text: '0' });
    clock.advance(1_799_999);
    edited(all.edit(id, '1'));
    clock.advance(2);
    assert.equal(all.edit(id, '2'), 'too-late');
    assert.equal(all.edit('5', 'x'), 'unknown');
  });
});

test('deleting takes every version away, named by any of them', () => {
  const { posts: all } = posts();
  const first = all.add({ authorId: '1', text: 'a' });
  const second = edited(all.edit(first.id, 'b'));
  assert.deepEqual(all.remove(first.id), second);
  assert.deepEqual([all.current, all.byId(first.id), all.byId(second.id), all.remove(second.id)], [[], undefined, undefined, undefined]);
});

test('a late post is indexed when its time has come, a held one when it is told', () => {
  const { clock, posts: all } = posts();
  const late = all.add({ authorId: '1', text: 'late', indexDelayMs: 500 });
  const held = all.add({ authorId: '1', text: 'held', indexDelayMs: null });
  const isIndexed = (id: string) => all.isIndexed(all.byId(id)!);
  clock.advance(499);
  assert.deepEqual([isIndexed(late.id), isIndexed(held.id)], [false, false]);
  clock.advance(1);
  assert.deepEqual([isIndexed(late.id), isIndexed(held.id)], [true, false]);
  all.index(held.id);
  assert.equal(isIndexed(held.id), true);
});

test('full: the oldest version goes', () => {
  const { posts: all } = posts(2);
  for (const text of ['1', '2', '3']) all.add({ authorId: '1', text });
  assert.deepEqual(all.current.map(({ text }) => text), ['2', '3']);
});
