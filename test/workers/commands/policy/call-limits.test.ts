import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exceededLimit } from '../../../../src/workers/commands/policy/call-limits.ts';
import { policyOf } from '../fixtures.ts';

const NONE = { userToday: 0, allToday: 0, destinationToday: 0, userActive: 0, allActive: 0 };
const policy = policyOf({ perUserPerDay: 3, perDay: 5, perDestinationPerDay: 2, activePerUser: 1, activeInAll: 4 });

const CASES = [
  ['userToday', 3, 'user-today', 3],
  ['allToday', 5, 'all-today', undefined],
  ['destinationToday', 2, 'destination-today', 2],
  ['userActive', 1, 'user-active', 1],
  ['allActive', 4, 'all-active', undefined],
] as const;

for (const [used, limit, code, told] of CASES) {
  test(`${used}: the last one below the limit is made, the next one is refused as ${code}`, () => {
    assert.equal(exceededLimit({ ...NONE, [used]: limit - 1 }, policy, 'alice'), undefined);
    const refused = exceededLimit({ ...NONE, [used]: limit }, policy, 'alice');
    assert.deepEqual([refused?.code, refused?.limit], [code, told]);
  });
}

test('a limit of 0 turns it off', () => {
  assert.equal(exceededLimit(NONE, { ...policy, perDay: 0 }, 'alice')?.code, 'all-today');
});
