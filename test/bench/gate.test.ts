import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { referenceLoop } from '../../bench/reference.ts';
import { median } from '../../bench/result.ts';
import { ratioToReference, type Effort, type Op } from '../../bench/timing.ts';
import { LIMIT, problems } from '../../scripts/bench-gate.ts';

const never = (name: string): number => assert.fail(`${name} was measured again`);

describe('the gate for hot functions', () => {
  test('passes what is as fast as its committed ratio, without a second look', () => {
    assert.deepEqual(problems(new Map([['parse', 2]]), new Map([['parse', 2]]), never), []);
  });

  test('a ratio above the limit is measured again, and the lowest counts', () => {
    const later = [3.9, 3.5, 2.1];
    assert.deepEqual(problems(new Map([['parse', 4]]), new Map([['parse', 2]]), () => later.shift() ?? assert.fail('once too often')), []);
    assert.deepEqual(later, []);
  });

  test('one that stays above it is named, with both ratios and how to record it', () => {
    let again = 0;
    const [line, ...more] = problems(new Map([['parse', 4]]), new Map([['parse', 2]]), () => {
      again += 1;
      return 3;
    });
    assert.equal(line, 'parse is 1.50 times as slow as it was: ratio 3.000, committed 2.000. If that is meant: npm run bench -- --record "parse"');
    assert.deepEqual(more, []);
    assert.equal(again, 5);
  });

  test('a benchmark without an entry fails, and an entry without a benchmark', () => {
    assert.deepEqual(problems(new Map([['new', 1]]), new Map([['gone', 1]]), never), [
      'new has no entry in bench/baseline.json: npm run bench -- --record "new"',
      'gone stands in bench/baseline.json and no benchmark measures it: npm run bench -- --record "gone"',
    ]);
  });

  test('finds a function that was made 1.5 times slower on purpose, and not the one that was not', () => {
    const work: Op = () => referenceLoop() + referenceLoop();
    const slower: Op = () => work(0) + referenceLoop();
    const effort: Effort = { warmUpCpuMs: 100, rounds: 25, roundMs: 2 };
    // The gate itself measures each time in a new process. In this one V8 may have compiled the reference loop in another way for once.
    const ratioOf = (op: Op): number => median(Array.from({ length: 5 }, () => ratioToReference(op, effort)));
    const committed = new Map([['work', ratioOf(work)]]);
    assert.deepEqual(problems(new Map([['work', ratioOf(work)]]), committed, () => ratioOf(work)), []);
    const [line] = problems(new Map([['work', ratioOf(slower)]]), committed, () => ratioOf(slower));
    assert.match(line ?? 'nothing was found', /^work is 1\.[4-6]\d times as slow as it was/);
    assert.ok(LIMIT < 1.5);
  });

  test('every hot function is as fast as bench/baseline.json says', { timeout: 300_000 }, () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/bench.ts', '--check'], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });
});
