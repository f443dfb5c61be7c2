import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { exitCodeOf, failureText, stackOf } from '../../src/app/failure.ts';
import { AppError } from '../../src/base/errors.ts';
import { XFailure } from '../../src/x/port.ts';

describe('failures of the command line', () => {
  test('2 for what the command line or the configuration must cure, 1 for the rest', () => {
    assert.equal(exitCodeOf(new AppError('usage', 'no')), 2);
    assert.equal(exitCodeOf(new AppError('config.invalid', 'no')), 2);
    assert.equal(exitCodeOf(new AppError('x.misconfigured', 'no')), 2);
    assert.equal(exitCodeOf(new AppError('db.unreachable', 'no')), 1);
    assert.equal(exitCodeOf(new TypeError('no')), 1);
  });

  test('a foreseen failure is its own sentence', () => {
    assert.equal(failureText(new AppError('user.unknown', 'There is no SIP user "eve"')), 'sipweet: There is no SIP user "eve"');
    assert.equal(failureText(new XFailure('unavailable', 'No sandbox answers')), 'sipweet: No sandbox answers');
  });

  test('an unforeseen one says so, on one line and without its stack', () => {
    const text = failureText(new TypeError('x is not a function'));
    assert.match(text, /^sipweet: unexpected: x is not a function \(.*log\.level=debug.*\)$/);
  });

  test('the stack for the log has the causes', () => {
    const stack = stackOf(new AppError('db.embedded', 'outer', { cause: new Error('inner') }));
    assert.match(stack, /outer[\s\S]*caused by Error: inner/);
  });
});
