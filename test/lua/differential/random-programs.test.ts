import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { checkRandomPrograms } from './check-random-programs.ts';
import { ProgramPair } from './program-pair.ts';

const PROGRAMS = 500;
/** What today alone looks at: a failure names its seed. */
const NEW_PROGRAMS = 60;

const pair = new ProgramPair();
after(() => pair.close());

test('random programs do the same on both engines, also where functions wait', async () => {
  assert.deepEqual(await checkRandomPrograms(pair, { seed: 1, from: 0, to: PROGRAMS, maxFailures: 3 }), []);
});

test('so do programs that no run has seen before', async () => {
  const seed = Math.floor(Date.now() / 1000);
  assert.deepEqual(await checkRandomPrograms(pair, { seed, from: 0, to: NEW_PROGRAMS, maxFailures: 3 }), []);
});
