import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitMessage } from '../../../src/workers/render/fit.ts';
import { postWeight } from '../../../src/workers/render/post-weight.ts';
import { bearsReference, referenceOf, withReference } from '../../../src/workers/render/reference.ts';

const POST = { max: 280, weigh: postWeight };
const id = 'answer:post:1';
const mark = ` · ref ${referenceOf(id)}`;

test('a text that fits gets the reference, once', () => {
  assert.equal(fitMessage('Calling @alice', id, POST), `Calling @alice${mark}`);
  assert.equal(fitMessage(withReference('Calling @alice', id), id, POST), `Calling @alice${mark}`);
});

test('the reference of another message is part of the text', () => {
  const other = withReference('as said', 'answer:post:2');
  assert.equal(fitMessage(other, id, POST), `${other}${mark}`);
});

test('a text that is too long is cut with "…", and keeps the reference', () => {
  const text = fitMessage('x'.repeat(500), id, POST);
  assert.equal(postWeight(text), 280);
  assert.ok(text.endsWith(`x…${mark}`));
});

test('the cut is between characters as people see them', () => {
  const family = '👨‍👩‍👧‍👦';
  const text = fitMessage(family.repeat(200), id, POST);
  assert.match(text, new RegExp(`^(?:${family})+…`, 'u'));
  assert.ok(fitMessage('e\u0301'.repeat(400), id, POST).startsWith('éééé'), 'composed, as X counts them');
});

test('a link is kept whole or left out', () => {
  const link = 'https://example.com/sign-in';
  const text = fitMessage(`${'x'.repeat(245)} ${link} and on`, id, POST);
  assert.ok(text.startsWith(`${'x'.repeat(245)}…`), text);
  assert.ok(fitMessage(`${'x'.repeat(200)} ${link}${' y'.repeat(60)}`, id, POST).includes(`${link} y`));
});

test('whatever the text: it fits, and is known again', () => {
  const anything = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 600 }), fc.array(fc.constantFrom('https://a.example/b ', 'b.example', '电', '👍', ' ', 'word ', '\n', 'e\u0301')).map((parts) => parts.join('').repeat(9)));
  fc.assert(
    fc.property(anything, (content) => {
      const text = fitMessage(content, id, POST);
      assert.ok(postWeight(text) <= 280, `${postWeight(text)}`);
      assert.ok(bearsReference(text, id));
    }),
    { numRuns: 3_000 },
  );
});
