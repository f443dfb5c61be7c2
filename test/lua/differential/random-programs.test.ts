import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { checkRandomPrograms } from './check-random-programs.ts';
import { ProgramPair } from './program-pair.ts';

/** Fixed, so that a commit has one answer, whenever it is asked. `npm run fuzz:lua` tries seeds that nobody has tried. */
const SEEDS: readonly (readonly [seed: number, programs: number])[] = [[1, 500], [2, 100]];

const pair = new ProgramPair();
after(() => pair.close());

for (const [seed, programs] of SEEDS) {
  test(`random programs do the same on both engines, also where functions wait: ${programs} of seed ${seed}`, async () => {
    assert.deepEqual(await checkRandomPrograms(pair, { seed, from: 0, to: programs, maxFailures: 3 }), []);
  });
}

test('a program without end is stopped on both engines, also behind pcall, in coroutines and in callbacks', async () => {
  const short = new ProgramPair(200_000);
  try {
    for (const endless of ['while true do end', 'while true do pcall(error, "x") end', 'repeat local x = {} until x == 1', 'for i = 1, math.huge do emit = nil end', '::again:: goto again', 'local function f() return 1 + #("x") end while f() do end', 'coroutine.wrap(function() while true do end end)()', 'while true do pcall(coroutine.wrap(function() error("x") end)) end', 'table.sort({1, 2, 3}, function() while true do end end)', 'xpcall(function() while true do end end, function() while true do end end)', 'pcall(function() while true do end end) while true do end']) {
      const program = `function main()\n${endless}\nend`;
      for (const side of [short.interpreter, short.compiled]) {
        assert.equal(side.load(program), undefined);
        const seen = await side.observe('main', { answer: () => undefined, waits: () => false });
        assert.match(seen.join('\n'), /script stopped after 200000 instructions.*\nfailed$/, `${side.name}: ${endless}`);
      }
    }
  } finally {
    short.close();
  }
});
