import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { ksrRows } from '../../../src/script/ksr/rows.ts';
import { rowsOf } from '../../../src/script/row.ts';
import { seedOf } from '../../../fuzz/random.ts';
import { describeDifference, firstDifference } from './difference.ts';
import { fakeRows } from './fake-route.ts';
import { RandomAnswers } from './random-answers.ts';
import { Side, type Observation } from './side.ts';

/** Functions of Kamailio that we do not have and the scripts below ask for. */
const { row } = rowsOf<never>('nathelper');
const FOREIGN = [
  row('nat_uac_test', ['int'], 'int', () => 0, ''),
  row('fix_nated_register', [], 'int', () => 0, ''),
  row('set_contact_alias', [], 'int', () => 0, ''),
];
const rows = fakeRows([...ksrRows, ...FOREIGN]);

/** Every script of the repository, with the runs that each of its callbacks gets. */
const SCRIPTS: readonly (readonly [file: string, runs: number])[] = [
  ['lua/sipweet.lua', 400],
  ['bench/side-by-side/route.lua', 1_000],
  ['bench/script/route-call.lua', 2_000],
];

for (const [file, runs] of SCRIPTS) {
  describe(file, () => {
    const source = readFileSync(file, 'latin1');
    const callbacks = [...source.matchAll(/^function (ksr_\w+)\((\w*)\)/gm)].map(([, name = '', parameter]) => ({ name, takesText: parameter !== '' }));
    const courses = new Set<string>();
    const reference = new Side('interpreter', { rows });
    const compiled = new Side('compiled', { rows });
    after(() => [reference, compiled].forEach((side) => side.close()));

    test('is loaded by both engines', () => {
      assert.deepEqual([reference.load(source), compiled.load(source)], [undefined, undefined]);
      assert.ok(callbacks.some(({ name }) => name === 'ksr_request_route'));
    });

    for (const { name, takesText } of callbacks) {
      test(`${name} calls the same functions with the same arguments and ends the same, whatever they answer`, async () => {
        for (let run = 0; run < runs; run += 1) {
          const seed = seedOf(1, run);
          const argument = takesText ? '{"id":"7","event":"ringing"}' : undefined;
          const expected = await reference.observe(name, new RandomAnswers(seed), argument);
          // On the interpreter they answer at once, in every other run of the compiled engine they wait.
          const got = await compiled.observe(name, new RandomAnswers(seed, run % 2 === 1), argument);
          const difference = firstDifference(inStatements(expected), inStatements(got));
          assert.ok(difference === undefined, difference && `run ${run}\n${describeDifference(difference)}`);
          courses.add(got.map((line) => line.replace(/[(:].*/s, '')).join('\n'));
        }
      });
    }

    test('the answers took it along many courses', () => assert.ok(courses.size > 50, String(courses.size)));

    /** An expression over several lines may fail in any of them: the engines name different ones. */
    function inStatements(seen: Observation): Observation {
      return seen.map((line) => line.replaceAll(/\bp\.lua:(\d+)/g, (_, number: string) => `p.lua:${firstLine(Number(number))}`));
    }

    function firstLine(number: number): number {
      const lines = source.split('\n');
      while (/^\s*\.\./.test(lines[number - 1] ?? '')) number -= 1;
      return number;
    }
  });
}
