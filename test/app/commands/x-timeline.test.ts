import assert from 'node:assert/strict';
import test from 'node:test';
import { timelineLines } from '../../../src/app/commands/x-timeline.ts';
import type { TimelinePost } from '../../../src/x/emulator/control/posts.ts';

const post = (id: string, text: string, more: Partial<TimelinePost> = {}): TimelinePost => ({
  id,
  author: 'ann',
  authorId: '1',
  text,
  createdAtMs: 0,
  conversationId: id,
  mentions: [],
  editIds: [id],
  indexedAtMs: 0,
  ...more,
});

const texts = (posts: TimelinePost[]) => timelineLines(posts).map((line) => line.replace(/^\S+ {2}\S+ {2}/, ''));

test('replies stand below what they answer, the thread with the newest post first', () => {
  const posts = [post('1', 'old'), post('2', 'other'), post('3', 'reply', { replyToId: '1' }), post('4', 'reply to it', { replyToId: '3' })];
  assert.deepEqual(texts(posts), ['@ann: old', '  @ann: reply', '    @ann: reply to it', '@ann: other']);
});

test('a reply to a post that is not shown begins a thread, one to an older version of a post does not', () => {
  const posts = [post('3', 'new', { editIds: ['1', '3'] }), post('4', 'reply', { replyToId: '1' }), post('5', 'lost', { replyToId: '0' })];
  assert.deepEqual(texts(posts), ['@ann: lost', '@ann: new (edited)', '  @ann: reply']);
});

test('what would move the cursor of a terminal is not printed', () => {
  assert.deepEqual(texts([post('1', 'a\u001b[2J\u202eb\nc')]), ['@ann: a\ufffd[2J\ufffdb\n    c']);
});
