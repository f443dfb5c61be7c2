import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { postWeight } from '../../../src/workers/render/post-weight.ts';

const WEIGHTS: readonly (readonly [string, number])[] = [
  ['', 0],
  ['Calling @alice', 14],
  ['Grüße', 5],
  ['电话', 4],
  ['“quoted” – yes…', 8 + 1 + 1 + 1 + 3 + 2],
  ['👍', 2],
  ['👨‍👩‍👧‍👦', 2],
  ['🇩🇪', 2],
  ['https://example.com/a/very/long/path/that/goes/on/and/on', 23],
  ['see https://a.de now', 4 + 23 + 4],
  ['see a.de now', 4 + 23 + 4],
  ['alice@example.com', 17],
  ['1.5 metres', 10],
];

for (const [text, weight] of WEIGHTS) {
  test(`"${text}" weighs ${weight}`, () => assert.equal(postWeight(text), weight));
}

test('a word with dots that is longer than a link weighs what it is long: it may be none', () => {
  const word = `${'a'.repeat(60)}.example`;
  assert.equal(postWeight(word), word.length);
});

test('two texts together weigh no more than apart, plus what joining them may make', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => postWeight(text) <= [...text.normalize('NFC')].length * 24));
});
