import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseResponse } from '../../src/proxy/choose-response.ts';

const best = (...statuses: number[]): number | undefined => chooseResponse(statuses.map((status) => ({ status })))?.status;

test('§16.7 step 6: a 6xx wins', () => {
  assert.equal(best(404, 603, 302), 603);
});

test('§16.7 step 6: else the lowest class', () => {
  assert.equal(best(503, 404, 302), 302);
  assert.equal(best(500, 486), 486);
});

test('§16.7 step 6: within 4xx, one that tells the caller how to do better', () => {
  for (const helpful of [401, 407, 415, 420, 484]) assert.equal(best(486, 404, helpful), helpful);
});

test('within 4xx, what a branch has said before what we found out for ourselves', () => {
  assert.equal(best(408, 486), 486);
  assert.equal(best(478, 486), 486);
  assert.equal(best(408, 503), 408);
});

test('where the RFC leaves the choice: the lowest status in any order, as Kamailio has it', () => {
  for (const [lower, higher] of [[404, 486], [480, 486], [401, 407], [500, 503], [600, 603]] as const) {
    assert.equal(best(lower, higher), lower);
    assert.equal(best(higher, lower), lower);
  }
});

test('equal ones: the first that came', () => {
  const finals = [{ status: 486 }, { status: 486 }];
  assert.equal(chooseResponse(finals), finals[0]);
});

test('of none there is none', () => {
  assert.equal(best(), undefined);
});

test('a 6xx is chosen whenever there is one, and never a higher class than the lowest otherwise', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 300, max: 699 }), { minLength: 1 }), (statuses) => {
      const chosen = best(...statuses)!;
      const classes = statuses.map((status) => Math.floor(status / 100));
      assert.equal(Math.floor(chosen / 100), classes.includes(6) ? 6 : Math.min(...classes));
    }),
  );
});
