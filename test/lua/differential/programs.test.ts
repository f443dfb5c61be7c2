import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { INTERPRETER_PRINTS } from './known-differences.ts';
import { runProgram } from './run-program.ts';

/** A chapter of the Lua 5.3 manual each, with what it prints there, but for our numbers: `10 / 2` is `5`. */
const FOLDER = 'test/lua/differential/programs';

const programs = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.lua'))
  .map((name) => name.replace(/\.lua$/, ''));

function read(file: string): string {
  return readFileSync(`${FOLDER}/${file}`, 'latin1');
}

describe('on the compiled engine, as the manual says', () => {
  for (const program of programs) {
    test(program, async () => assert.deepEqual(await runProgram('compiled', read(`${program}.lua`)), read(`${program}.expected`).split('\n')));
  }
});

describe('on the interpreter, but for what it is known to do otherwise', () => {
  for (const program of programs) {
    test(program, async () => {
      const expected = read(`${program}.expected`).split('\n');
      for (const [line, text] of Object.entries(INTERPRETER_PRINTS[program] ?? {})) expected[Number(line) - 1] = text;
      assert.deepEqual(await runProgram('interpreter', read(`${program}.lua`)), expected);
    });
  }
});
