import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesRaisedIn } from '../../scripts/docs-errors.ts';
import { sourceFiles } from '../../scripts/source-files.ts';
import { ERROR_CODES } from '../../src/base/errors.ts';

const raised = new Set(sourceFiles('src').flatMap(({ text }) => [...codesRaisedIn(text)]));

test('every code of the catalogue is raised somewhere', () => {
  assert.deepEqual(Object.keys(ERROR_CODES).filter((code) => !raised.has(code)), []);
});

test('every code that is raised is in the catalogue', () => {
  assert.deepEqual([...raised].filter((code) => !Object.hasOwn(ERROR_CODES, code)), []);
});

test('a choice between two codes counts for both, over line ends too', () => {
  const text = "throw new AppError(\n  inUse ? 'listen.in-use' : 'listen.failed',\n  'not.this');\nnew AppError(code, 'nor.this')";
  assert.deepEqual([...codesRaisedIn(text)], ['listen.in-use', 'listen.failed']);
});
