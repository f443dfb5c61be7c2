import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { runProgram } from './run-program.ts';

/**
 * A chapter of the Lua 5.3 manual each, with what it prints there, but for our numbers: `10 / 2` is `5`.
 * `UPDATE_EXPECTED=interpreter` writes down what the interpreter prints; compare that with the manual.
 */
const FOLDER = 'test/lua/differential/programs';

const programs = readdirSync(FOLDER).filter((name) => name.endsWith('.lua'));

for (const engine of ['interpreter', 'compiled'] as const) {
  describe(`on the ${engine === 'compiled' ? 'compiled engine' : engine}, as the manual says`, () => {
    for (const file of programs) {
      test(file.replace(/\.lua$/, ''), async () => {
        const printed = await runProgram(engine, readFileSync(`${FOLDER}/${file}`, 'latin1'));
        const expected = readFileSync(`${FOLDER}/${file.replace(/\.lua$/, '.expected')}`, 'latin1');
        assert.deepEqual(printed, expected.split('\n'));
      });
    }
  });
}
