import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pikeRows } from '../../../src/script/ksr/pike.ts';
import { callable } from '../route-fixture.ts';
import { moduleStage } from '../modules/module-stage.ts';

const pike = callable(pikeRows);

test('pike_check_req gives 1, then -2 for the request that reaches the limit, then -1', () => {
  const here = moduleStage();
  const codes = Array.from({ length: 6 }, () => pike(here.route(), 'pike_check_req'));
  assert.deepEqual(codes, [1, 1, 1, -2, -1, -1]);
  assert.equal(here.modules.counters.pikeBlocked.value, 1);
  assert.deepEqual(here.logger.lines.map(({ level, fields }) => [level, fields.address]), [['warn', '192.0.2.10']]);
});

test('other addresses are not touched by a block', () => {
  const here = moduleStage();
  for (let n = 0; n < 5; n += 1) pike(here.route(), 'pike_check_req');
  assert.equal(pike(here.route(undefined, { source: { address: '192.0.2.11' } }), 'pike_check_req'), 1);
});

test('pike_check_ip counts an address of the script\'s choice, together with pike_check_req; an empty text passes', () => {
  const here = moduleStage();
  for (let n = 0; n < 3; n += 1) pike(here.route(), 'pike_check_ip', '192.0.2.10');
  assert.equal(pike(here.route(), 'pike_check_req'), -2);
  assert.equal(pike(here.route(), 'pike_check_ip', ''), 1);
});
