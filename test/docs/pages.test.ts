import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { PAGES } from '../../scripts/docs-pages.ts';

/** The first line that differs: a whole page in a failure would hide it. */
function firstDifference(page: string, made: string): string | undefined {
  const [written, wanted] = [page.split('\n'), made.split('\n')];
  const at = Array.from({ length: Math.max(written.length, wanted.length) }).findIndex((_, index) => written[index] !== wanted[index]);
  return at < 0 ? undefined : `line ${at + 1} is\n  ${written[at]}\nand should be\n  ${wanted[at]}`;
}

describe('pages that are made from the code', () => {
  for (const [path, make] of PAGES) {
    test(`${path} is what the code says (else run \`npm run docs\`)`, () => {
      assert.equal(firstDifference(readFileSync(path, 'utf8'), make()), undefined);
    });
  }
});
