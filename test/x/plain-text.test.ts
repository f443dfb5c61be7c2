import assert from 'node:assert/strict';
import test from 'node:test';
import { plainText } from '../../src/x/plain-text.ts';

const link = (url: string, expanded_url: string, display_url: string) => ({ url, expanded_url, display_url });

test('the entities of HTML that X puts into texts are undone, once', () => {
  assert.equal(plainText('msg alice Tom &amp; Jerry &lt;3 &amp;lt;', undefined), 'msg alice Tom & Jerry <3 &lt;');
});

test('an address is given back as it was typed, with or without its scheme', () => {
  const urls = [link('https://t.co/a', 'http://pbx.example.com', 'pbx.example.com'), link('https://t.co/b', 'https://example.com/long/path', 'example.com/long/p…')];
  assert.equal(plainText('call bob at https://t.co/a or https://t.co/b', { urls }), 'call bob at pbx.example.com or https://example.com/long/path');
});

test('text in an address is not taken for a replacement pattern', () => {
  assert.equal(plainText('see https://t.co/a', { urls: [link('https://t.co/a', "https://e.com/$&$'", 'e.com')] }), "see https://e.com/$&$'");
});

test('entities of another shape leave the text alone', () => {
  for (const entities of [null, 'x', {}, { urls: 'x' }, { urls: [null, {}, { url: '' }] }]) assert.equal(plainText('call bob', entities), 'call bob');
});
