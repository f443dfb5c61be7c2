import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashOfLinkCode, newLinkCode, readLinkCode } from '../../../src/db/tables/link-code.ts';

test('a code has eight characters of Crockford’s alphabet behind SW, and no two are alike', () => {
  const codes = new Set(Array.from({ length: 1000 }, newLinkCode));
  assert.equal(codes.size, 1000);
  for (const code of codes) assert.match(code, /^SW-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
});

test('a code is read as people type it: case, blanks, hyphens of any kind, no prefix, O for 0, I and L for 1', () => {
  for (const typed of ['SW-7F30-91XM', 'sw-7f30-91xm', '7f3091xm', ' SW 7F30 91XM ', 'sw–7f3o–9ixm', 'SW7F3O9LXM']) {
    assert.equal(readLinkCode(typed), '7F3091XM', typed);
  }
});

test('a code that itself begins with SW is read with and without prefix', () => {
  assert.equal(readLinkCode('SW3K9QXM'), 'SW3K9QXM');
  assert.equal(readLinkCode('SW-SW3K-9QXM'), 'SW3K9QXM');
});

test('what cannot be a code is none', () => {
  for (const typed of ['', 'SW', 'SW-7F3K-9QX', 'SW-7F3K-9QXMM', 'SW-7F3K-9QXU', 'XX-7F3K-9QXM', `SW-7F3K-9QXM${' '.repeat(60)}`, 'SW-7F3K-9Q\0M']) {
    assert.equal(readLinkCode(typed), undefined, JSON.stringify(typed));
  }
});

test('every code is read back from its shown form, and any text is read without a failure', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (typed) => {
      const code = readLinkCode(typed);
      if (code !== undefined) assert.equal(readLinkCode(`SW-${code.slice(0, 4)}-${code.slice(4)}`), code);
    }),
  );
  for (let i = 0; i < 200; i += 1) {
    const shown = newLinkCode();
    assert.equal(readLinkCode(shown), shown.slice(3).replace('-', ''));
  }
});

test('what is kept is SHA-256', () => {
  assert.equal(hashOfLinkCode('7F3K9QXM').length, 64);
  assert.notEqual(hashOfLinkCode('7F3K9QXM'), hashOfLinkCode('7F3K9QXN'));
});
