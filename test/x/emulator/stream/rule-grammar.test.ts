import assert from 'node:assert/strict';
import test from 'node:test';
import type { SandboxPost } from '../../../../src/x/emulator/posts.ts';
import { mentionsIn } from '../../../../src/x/emulator/posts.ts';
import { parseRule } from '../../../../src/x/emulator/stream/rule-grammar.ts';

function post(text: string, more: Partial<SandboxPost> = {}): SandboxPost {
  return { id: '1', authorId: '1', text, createdAtMs: 0, conversationId: '1', mentions: mentionsIn(text, () => undefined), editIds: ['1'], indexedAtMs: 0, ...more };
}

function fits(rule: string, of: SandboxPost): boolean {
  const predicate = parseRule(rule);
  return typeof predicate === 'string' ? assert.fail(`${rule}: ${predicate}`) : predicate(of, { author: 'ann', repliedTo: 'bob' });
}

test('words, phrases, tags and names are whole ones, whatever their case', () => {
  assert.equal(fits('call', post('Call me')), true);
  assert.equal(fits('call', post('recall me')), false);
  assert.equal(fits('"call me"', post('please CALL me')), true);
  assert.equal(fits('"call me"', post('call not me')), false);
  assert.equal(fits('#sip', post('about #SIP')), true);
  assert.equal(fits('sip', post('about #sip')), false);
  assert.equal(fits('@bot', post('hi @Bot!')), true);
  assert.equal(fits('@bot', post('hi @bots')), false);
  assert.equal(fits('c++', post('c++ is fun')), true);
});

test('a space is and, OR binds less, - turns one part around, parentheses group', () => {
  const rule = '@bot (call OR dial) -is:retweet';
  assert.equal(fits(rule, post('@bot dial')), true);
  assert.equal(fits(rule, post('@bot hello')), false);
  assert.equal(fits(rule, post('@bot dial', { repostsId: '2' })), false);
  assert.equal(fits('a b OR c', post('c')), true);
  assert.equal(fits('a b OR c', post('a c')), true);
  assert.equal(fits('a b OR c', post('b')), false);
  assert.equal(fits('a -(b OR c)', post('a c')), false);
  assert.equal(fits('a -"b c"', post('a b c')), false);
});

test('from, to, is and has', () => {
  assert.equal(fits('from:ANN is:reply', post('x', { replyToId: '2' })), true);
  assert.equal(fits('from:bob', post('x')), false);
  assert.equal(fits('to:bob', post('x')), true);
  assert.equal(fits('x is:quote', post('x', { quotesId: '2' })), true);
  assert.equal(fits('x has:links', post('x http://a')), true);
  assert.equal(fits('x has:mentions', post('x')), false);
});

test('a rule that is wrong, or that would fit half of X, is refused', () => {
  for (const rule of ['', '"open', '(a', 'a)', 'a OR', 'OR a', '()', '-a', 'is:retweet', 'a OR is:reply', 'lang:en a', 'place:berlin']) {
    assert.equal(typeof parseRule(rule), 'string', rule);
  }
});
