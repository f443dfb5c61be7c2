import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { compileProgram } from '../../../src/lua/compiler/compile.ts';
import { evaluate } from './evaluate.ts';

describe('goto (Lua 5.3 §3.3.4)', () => {
  const cases: readonly [string, string, unknown[]][] = [
    ['goes on with the next round of a loop', 'local s = "" for i = 1, 5 do if i % 2 == 0 then goto continue end s = s .. i ::continue:: end return s', ['135']],
    ['leaves nested loops', 'local s = "" for i = 1, 3 do for j = 1, 3 do if j == 2 and i == 2 then goto done end s = s .. i .. j .. " " end end ::done:: return s', ['11 12 13 21 ']],
    ['goes back', 'local i = 1 ::top:: if i < 5 then i = i * 2 goto top end return i', [8]],
    ['goes back out of nested blocks', 'local n = 0 ::again:: for i = 1, 3 do n = n + 1 if n < 5 then goto again end end return n', [7]],
    ['makes a new variable each time it goes back over its declaration', 'local fs = {} local i = 1 ::top:: local x = i fs[i] = function() x = x + 10 return x end i = i + 1 if i <= 3 then goto top end return fs[1](), fs[1](), fs[2](), fs[3]()', [11, 21, 12, 13]],
    ['passes over several labels', 'local s = "" goto two ::one:: s = s .. "1" ::two:: s = s .. "2" return s', ['2']],
    ['stretches that overlap', 'local s = "" if s == "" then goto a end s = s .. "x" if s == "x" then goto b end ::a:: s = s .. "a" ::b:: s = s .. "b" return s', ['ab']],
    ['the nearest label of a name counts', 'local s = "" for i = 1, 2 do for j = 1, 3 do if j == 2 then goto continue end s = s .. j ::continue:: end if i == 1 then goto continue end s = s .. "!" ::continue:: end return s', ['1313!']],
    ['break inside a loop that a goto makes leaves the loop of the source', 'local n = 0 while true do ::top:: n = n + 1 if n < 3 then goto top end break end return n', [3]],
    ['repeat sees its variables behind a label inside', 'local n = 0 repeat local done = n > 2 if done then goto skip end n = n + 1 ::skip:: until n > 2 return n', [3]],
    ['return behind it is never reached', 'do goto out end do return 1 end ::out:: return 2', [2]],
    ['forward and back to one label', 'local n = 0 goto middle ::middle:: n = n + 1 if n < 4 then goto middle end return n', [4]],
  ];
  for (const [title, source, expected] of cases) test(title, () => assert.deepEqual(evaluate(source), expected));

  test('into a stretch that another goto repeats is left to the interpreter, with line and reason', () => {
    const source = 'goto inside\n::top::\nx = 1\n::inside::\nif y then goto top end';
    assert.deepEqual(compileProgram({ name: 'chunk', text: source }, { waiting: new Set() }), {
      kind: 'declined',
      source: 'chunk',
      line: 2,
      reason: 'goto that enters a stretch which another goto repeats',
    });
  });
});
