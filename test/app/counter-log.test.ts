import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logCounters } from '../../src/app/counter-log.ts';
import { Counters } from '../../src/base/counters.ts';
import { silentLogger, type LogFields } from '../../src/base/logger.ts';

test('one line with every counter that has counted anything', () => {
  const counters = new Counters();
  counters.define('a.idle', 'Never');
  counters.define('b.busy', 'Often').value = 3;
  const lines: (LogFields | undefined)[] = [];
  logCounters(counters, { ...silentLogger, info: (_message, fields) => lines.push(fields) });
  assert.deepEqual(lines, [{ 'b.busy': 3 }]);
});
