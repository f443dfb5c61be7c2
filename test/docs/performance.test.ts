import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { isMissed, readResult, row } from '../../bench/result.ts';
import { RUNS, elsewherePath, resultPath } from '../../bench/runs.ts';
import { TARGETS, isMet } from '../../bench/targets.ts';

describe('results of measurements', () => {
  test('every committed result belongs to a measurement of the page, and names its machine and day', () => {
    const known = new Set(RUNS.flatMap((run) => [resultPath(run), elsewherePath(run)]));
    const files = readdirSync('bench/results', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    assert.ok(files.length > 0);
    for (const file of files) {
      const path = `bench/results/${file}`;
      assert.ok(known.has(path), `no measurement writes ${path}`);
      const { date, machine, rows } = readResult(path);
      assert.match(date, /^\d{4}-\d\d-\d\dT/);
      assert.ok(machine.cpu !== '' && machine.cores > 0 && machine.node !== '');
      assert.ok(rows.length > 0);
      for (const { what, value, unit } of rows) assert.ok(what !== '' && unit !== '' && Number.isFinite(value), path);
    }
  });

  test('the value of the target itself meets it, on both sides', () => {
    assert.equal(isMet(0.6, { value: 0.6, relation: '<=' }), true);
    assert.equal(isMet(0.61, { value: 0.6, relation: '<=' }), false);
    assert.equal(isMet(500, { value: 500, relation: '>=' }), true);
    assert.equal(isMet(499, { value: 500, relation: '>=' }), false);
  });

  test('a figure without a target is never missed, one that could not be taken always', () => {
    assert.equal(isMissed(row('CPU', 1e9, 'us')), false);
    assert.equal(isMissed(row('ratio', Number.NaN, 'ratio', TARGETS.luaPrice)), true);
    assert.equal(isMissed({ ...row('ratio', 0, 'ratio', TARGETS.luaPrice), value: -1 }), true);
  });
});
