import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError, ERROR_CODES, errorText } from '../../src/base/errors.ts';

describe('errors', () => {
  test('a code is dotted lower-case words, and each has a sentence without a final point', () => {
    for (const [code, sentence] of Object.entries(ERROR_CODES)) {
      assert.match(code, /^[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)?$/);
      assert.match(sentence, /^[A-Z].*[^.]$/);
    }
  });

  test('carries its code and its cause', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new AppError('db.unreachable', 'PostgreSQL does not answer at localhost:5432', { cause });
    assert.ok(error instanceof Error);
    assert.equal(error.code, 'db.unreachable');
    assert.equal(error.cause, cause);
    assert.equal(error.name, 'AppError');
    assert.equal(error.message, 'PostgreSQL does not answer at localhost:5432');
  });

  test('anything that was thrown has a text', () => {
    assert.equal(errorText(new AppError('usage', 'There is no such command')), 'There is no such command');
    assert.equal(errorText('plain'), 'plain');
    assert.equal(errorText(undefined), 'undefined');
    assert.equal(errorText(Object.create(null, { toString: { value: () => 'odd' } })), 'odd');
  });
});
