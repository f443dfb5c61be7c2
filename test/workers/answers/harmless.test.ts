import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedText } from '../../../src/workers/answers/answer.ts';
import { harmless } from '../../../src/workers/answers/harmless.ts';
import { postWeight } from '../../../src/workers/render/post-weight.ts';

test('under a post nobody is mentioned and nothing is linked, whatever the user wrote', () => {
  assert.equal(harmless('Calling @alice, not ＠bob or .@carol'), 'Calling alice, not bob or .carol');
  assert.equal(harmless('sip:carol@example.com'), 'sip:carol@example.com');
  assert.doesNotMatch(harmless('buy at https://evil.example/x now, evil.com'), /:\/\/|\w\.\w/);
  assert.equal(harmless('tomorrow at 17.30'), 'tomorrow at 17.30');
});

test('a finished text ends in its reference, fits under a post, and holds no control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.boolean(), (text, underPost) => {
      const finished = finishedText(text, 'answer:post:1', { underPost });
      assert.match(finished, / · ref [0-9a-z]{8}$/);
      assert.doesNotMatch(finished.replaceAll('\n', ''), /\p{Cc}/u);
      if (underPost) assert.ok(postWeight(finished) <= 280);
    }),
  );
});

test('two answers never have the same text', () => {
  assert.notEqual(finishedText('Done', 'answer:post:1', { underPost: true }), finishedText('Done', 'answer:post:2', { underPost: true }));
});
