import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { AppError } from '../../../src/base/errors.ts';
import { settled, onBothEngines, TestRun } from './stage.ts';

onBothEngines((stage) => {
  const budget = { maxInstructions: 20_000 };

  describe('a script that does not end is stopped', () => {
    test('with its file and line, and the next route runs', () => {
      const { route, logger } = stage('', budget);
      assert.equal(route('local n = 0\nwhile true do\n  n = n + 1\nend').failed, true);
      assert.match(logger.errors[0]!.message, /route\.lua:[34]: script stopped after 20000 instructions/);
      assert.match(String(logger.errors[0]!.fields.at), /route\.lua:[34]$/);
      assert.deepEqual([logger.errors[0]!.fields.function, logger.errors[0]!.fields.callId], ['probe', 'call-1']);
      assert.deepEqual(route('KSR.test.out("next")').out, ['next']);
    });

    const loops: readonly [string, string][] = [
      ['pcall around the loop', 'pcall(function() while true do end end) KSR.test.out("behind")'],
      ['a loop behind a caught error', 'pcall(error, "x") while true do end'],
      ['a loop behind an error caught inside a coroutine', 'coroutine.wrap(function() pcall(error, "x") while true do end end)()'],
      ['pcall within the loop', 'while true do pcall(function() while true do end end) end'],
      ['pcall of pcall', 'while true do pcall(pcall, function() while true do end end) end'],
      ['xpcall whose handler loops', 'xpcall(function() while true do end end, function() while true do end end)'],
      ['a coroutine of the script', 'while true do coroutine.resume(coroutine.create(function() while true do end end)) end'],
      ['many short coroutines', 'while true do coroutine.wrap(function() for i = 1, 200 do end end)() end'],
      ['endless recursion', 'local function f() return 1 + f() end f()'],
      ['endless recursion through a metamethod', 'local t = setmetatable({}, {}) getmetatable(t).__index = function(s, k) return s[k] end return t.x'],
      ['a sort whose order never ends', 'local t = { 3, 2, 1 } while true do table.sort(t, function(a, b) return a < b end) end'],
      ['a gsub that calls back', 'while true do string.gsub("aaaa", "a", function() for i = 1, 100 do end end) end'],
    ];
    for (const [title, body] of loops) {
      test(title, () => {
        const { route } = stage('', budget);
        const run = route(body);
        assert.equal(run.failed, true);
        assert.deepEqual(run.out, []);
      });
    }

    test('instructions before and after a wait count together', async () => {
      const { engine, logger } = stage('function probe() while true do KSR.test.wait("x") for i = 1, 5000 do end end end', budget);
      const run = new TestRun();
      engine.run('probe', run);
      let waits = 0;
      while (run.completions === 0 && waits < 100) {
        run.waits[waits]!.resolve('');
        waits += 1;
        await settled();
      }
      assert.ok(waits > 1 && waits <= 6, `${waits} waits`);
      assert.equal(run.failed, true);
      assert.match(logger.errors[0]!.message, /script stopped after 20000 instructions/);
    });

    test('every route has the whole budget', () => {
      const { engine } = stage('function probe() for i = 1, 15000 do end end', budget);
      for (let i = 0; i < 5; i += 1) {
        const run = new TestRun();
        engine.run('probe', run);
        assert.equal(run.failed, false);
      }
    });

    test('a route within the budget is not disturbed', () => {
      const { route } = stage('', budget);
      assert.equal(route('for i = 1, 15000 do end KSR.test.out("end")').out[0], 'end');
    });

    test('a budget below the step of the hook holds', () => {
      const { route } = stage('', { maxInstructions: 50 });
      assert.equal(route('for i = 1, 60 do end').failed, true);
      assert.equal(route('for i = 1, 20 do end').failed, false);
    });

    test('at load it is an error of the load', () => {
      const { engine } = stage('while true do end', { ...budget, load: false });
      assert.throws(() => engine.load(), (thrown) => thrown instanceof AppError && /route\.lua:1: script stopped/.test(thrown.message));
    });
  });
});
