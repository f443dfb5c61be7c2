import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedText } from '../../../src/workers/answers/answer.ts';
import { fitted, harmless, weightedLength } from '../../../src/workers/answers/post-text.ts';

test('X counts letters of the world once or twice, and every link as 23', () => {
  assert.equal(weightedLength('héllo'), 5);
  assert.equal(weightedLength('日本'), 4);
  assert.equal(weightedLength('a – b'), 5);
  assert.equal(weightedLength('😀'), 2);
  assert.equal(weightedLength('see a.io'), 4 + 23);
  assert.equal(weightedLength('sip:carol@example.com'), 21);
});

test('under a post nobody is mentioned and nothing is linked, whatever the user wrote', () => {
  assert.equal(harmless('Calling @alice, not ＠bob or .@carol'), 'Calling alice, not bob or .carol');
  assert.equal(harmless('sip:carol@example.com'), 'sip:carol@example.com');
  assert.equal(weightedLength(harmless('buy at https://evil.example/x now, evil.com')) < 60, true);
  assert.doesNotMatch(harmless('buy at https://evil.example/x now, evil.com'), /:\/\/|\w\.\w/);
  assert.equal(harmless('tomorrow at 17.30'), 'tomorrow at 17.30');
});

test('a text is cut so that it fits together with its end, and not before', () => {
  assert.equal(fitted('short', ' end'), 'short');
  assert.equal(fitted('x'.repeat(276), ' end'), 'x'.repeat(276));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      assert.ok(weightedLength(fitted(text, ' · ref abcdefgh') + ' · ref abcdefgh') <= 280);
    }),
  );
});

test('a finished text ends in its reference, fits under a post, and holds no control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.boolean(), (text, underPost) => {
      const finished = finishedText(text, 'answer:post:1', { underPost });
      assert.match(finished, / · ref [0-9a-z]{8}$/);
      assert.doesNotMatch(finished.replaceAll('\n', ''), /\p{Cc}/u);
      if (underPost) assert.ok(weightedLength(finished) <= 280);
    }),
  );
});

test('two answers never have the same text', () => {
  assert.notEqual(finishedText('Done', 'answer:post:1', { underPost: true }), finishedText('Done', 'answer:post:2', { underPost: true }));
});
