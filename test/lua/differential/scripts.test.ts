import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { ksrRows } from '../../../src/script/ksr/rows.ts';
import { rowsOf } from '../../../src/script/row.ts';
import { seedOf } from '../../../fuzz/random.ts';
import { describeDifference, firstDifference } from './difference.ts';
import { fakeRows } from './fake-route.ts';
import { RandomAnswers } from './random-answers.ts';
import { Side } from './side.ts';

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
    const reference = new Side('interpreter', { rows });
    const compiled = new Side('compiled', { rows });
    after(() => [reference, compiled].forEach((side) => side.close()));

    test('is loaded by both engines', () => {
      assert.deepEqual([reference.load(source), compiled.load(source)], [undefined, undefined]);
      assert.ok(callbacks.some(({ name }) => name === 'ksr_request_route'));
    });

    for (const { name, takesText } of callbacks) {
      test(`${name} calls the same functions with the same arguments and ends the same, whatever they answer`, async () => {
        const seen = new Set<string>();
        for (let run = 0; run < runs; run += 1) {
          const seed = seedOf(1, run);
          const argument = takesText ? '{"id":"7","event":"ringing"}' : undefined;
          const expected = await reference.observe(name, new RandomAnswers(seed), argument);
          // The second time where functions wait; its globals go the same way as the reference's, once for each run.
          const got = await compiled.observe(name, new RandomAnswers(seed, run % 2 === 1), argument);
          const difference = firstDifference(expected, got);
          assert.ok(difference === undefined, difference && `run ${run}\n${describeDifference(difference)}`);
          seen.add(expected.map((line) => line.replace(/\(.*/, '')).join('\n'));
        }
        assert.ok(seen.size > 1 || runs < 2, 'every run was the same');
      });
    }
  });
}
