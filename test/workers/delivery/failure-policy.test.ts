import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILURE_POLICY, type FailureAction } from '../../../src/workers/delivery/failure-policy.ts';
import type { XFailureClass } from '../../../src/x/port.ts';

const EXPECTED: Record<XFailureClass, FailureAction> = {
  'rate-limited': 'wait',
  unavailable: 'back-off',
  uncertain: 'look',
  refused: 'refuse',
  invalid: 'refuse',
  payment: 'pause',
  unauthorized: 'pause',
};

for (const [failureClass, action] of Object.entries(EXPECTED)) {
  test(`${failureClass}: ${action}`, () => {
    assert.equal(FAILURE_POLICY[failureClass as XFailureClass], action);
  });
}

test('nothing but what may have been done is looked for, and it is never simply repeated', () => {
  const looked = Object.entries(FAILURE_POLICY).filter(([, action]) => action === 'look').map(([failureClass]) => failureClass);
  assert.deepEqual(looked, ['uncertain']);
});
