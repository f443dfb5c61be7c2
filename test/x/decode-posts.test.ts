import assert from 'node:assert/strict';
import test from 'node:test';
import { decodePost, decodePosts } from '../../src/x/decode-posts.ts';
import { decodeMessages } from '../../src/x/decode-messages.ts';
import { idAt } from '../../src/x/ids.ts';

const MADE_MS = Date.UTC(2026, 7, 1, 12);
const POST = { id: '1900000000000000002', text: '@bot call bob', author_id: '42', created_at: '2026-08-01T12:00:00.000Z' };
const NOBODY = new Map<string, string>();

test('an edited post keeps the first id of its history, under both names of the field', () => {
  for (const name of ['edit_history_tweet_ids', 'edit_history_post_ids']) {
    const post = decodePost({ ...POST, [name]: ['1900000000000000001', '1900000000000000002'] }, NOBODY);
    assert.deepEqual([post?.firstId, post?.id], ['1900000000000000001', '1900000000000000002']);
  }
  assert.equal(decodePost(POST, NOBODY)?.firstId, POST.id);
});

test('a repost is told from a quote and an answer, under both names of the field', () => {
  for (const name of ['referenced_tweets', 'referenced_posts']) {
    assert.equal(decodePost({ ...POST, [name]: [{ type: 'retweeted', id: '1' }] }, NOBODY)?.isRepost, true);
    assert.equal(decodePost({ ...POST, [name]: [{ type: 'replied_to', id: '1' }, { type: 'quoted', id: '2' }] }, NOBODY)?.isRepost, false);
  }
});

test('a long post gives all of its words', () => {
  const note_tweet = { text: 'msg alice all the words &amp; more' };
  assert.equal(decodePost({ ...POST, text: 'msg alice all the…', note_tweet }, NOBODY)?.text, 'msg alice all the words & more');
});

test('a post without a time was made when its id says; one without id or author is no post', () => {
  const { created_at: _, ...timeless } = POST;
  assert.equal(decodePost({ ...timeless, id: idAt(MADE_MS) }, NOBODY)?.createdAtMs, MADE_MS);
  for (const missing of ['id', 'author_id']) assert.equal(decodePost({ ...POST, [missing]: undefined }, NOBODY), undefined);
  assert.equal(decodePost('x', NOBODY), undefined);
});

test('a page gives the handles of authors, passes over what is no post, and counts it', () => {
  const page = decodePosts({
    data: [POST, { id: 'x' }],
    includes: { users: [{ id: '42', username: 'bob_example', name: 'Bob' }] },
    meta: { result_count: 2, next_token: 'n' },
  });
  assert.deepEqual(page, {
    posts: [{ id: POST.id, firstId: POST.id, text: POST.text, authorId: '42', authorName: 'bob_example', createdAtMs: MADE_MS, isRepost: false }],
    nextToken: 'n',
    unusable: 1,
  });
});

test('an empty page has no data and is no failure; anything without meta is one', () => {
  assert.deepEqual(decodePosts({ meta: { result_count: 0 } }), { posts: [], nextToken: undefined, unusable: 0 });
  for (const body of [undefined, 'html', {}, { data: [] }, { errors: [{}] }, { data: 'x', meta: {} }]) {
    assert.throws(() => decodePosts(body), { class: 'unavailable' });
    assert.throws(() => decodeMessages(body), { class: 'unavailable' });
  }
});

test('the span of a page of messages goes by number', () => {
  const event = (id: string) => ({ id, event_type: 'MessageCreate', sender_id: '7', text: 'x', created_at: POST.created_at });
  assert.deepEqual(decodeMessages({ data: [event('1000'), event('999')], meta: {} }).span, { newestId: '1000', oldestId: '999' });
  assert.equal(decodeMessages({ meta: { result_count: 0 } }).span, undefined);
});
