import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { describe, test } from 'node:test';

import { AppError } from '../../../src/base/errors.ts';
import { Counters } from '../../../src/base/counters.ts';
import { onBothEngines, TestRun } from './stage.ts';

onBothEngines((stage) => {
  function loadError(pattern: RegExp) {
    return (thrown: unknown) => thrown instanceof AppError && thrown.code === 'script.load' && pattern.test(thrown.message);
  }

  function outputOf(here: ReturnType<typeof stage>, name = 'probe'): unknown[] {
    const run = new TestRun();
    here.engine.run(name, run);
    return run.out;
  }

  describe('calls', () => {
    test('an event callback gets its one string argument; others get none', () => {
      const { engine } = stage('function probe(...) KSR.test.out(select("#", ...) .. tostring((...))) end');
      const run = new TestRun();
      engine.run('probe', run);
      engine.run('probe', run, 'usrloc:contact-expired');
      assert.deepEqual(run.out, ['0nil', '1usrloc:contact-expired']);
    });

    test('what a callback returns is discarded', () => {
      for (const value of ['1', '-1', 'false', '"text", {}']) {
        const { engine } = stage(`function probe() return ${value} end`);
        const run = new TestRun();
        assert.equal(engine.run('probe', run), 'completed');
        assert.equal(run.failed, false);
      }
    });

    test('callbacks are globals: a local, a table field and another value are none', () => {
      const { engine } = stage('local function hidden() end t = { f = function() end } value = 1 function shown() end');
      assert.deepEqual(['shown', 'hidden', 't.f', 'value', 'missing'].map((name) => engine.has(name)), [true, false, false, false, false]);
    });

    test('a missing callback does nothing, silently', () => {
      const { engine, logger } = stage('');
      const run = new TestRun();
      assert.equal(engine.run('missing', run), 'completed');
      assert.deepEqual([run.failed, logger.lines], [false, []]);
    });

    test('a script that forbids undefined globals does not break the search for callbacks', () => {
      const { engine } = stage('setmetatable(_G, { __index = function(_, k) error("undefined " .. k) end })');
      assert.equal(engine.has('missing'), false);
      assert.equal(engine.run('missing', new TestRun()), 'completed');
    });

    test('of several definitions of a callback the last one counts', () => {
      assert.deepEqual(outputOf(stage('function probe() KSR.test.out("1") end function probe() KSR.test.out("2") end')), ['2']);
    });

    test('globals live on from one message to the next', () => {
      const here = stage('n = 0 function probe() n = n + 1 KSR.test.num(n) end');
      assert.deepEqual([outputOf(here), outputOf(here)], [[1], [2]]);
    });
  });

  describe('errors in a route', () => {
    test('are logged with message, file:line, function and Call-ID, and counted', () => {
      const counters = new Counters();
      const { engine, logger } = stage('local function inner(t)\n  return t.a.b\nend\nfunction ksr_request_route() inner({}) end', { counters });
      const run = new TestRun('abc@phone');
      assert.equal(engine.run('ksr_request_route', run), 'completed');
      assert.equal(run.failed, true);
      const [line, ...more] = logger.errors;
      assert.equal(more.length, 0);
      assert.match(line!.message, /^script error: .*route\.lua:2: attempt to index a nil value \(field 'a'\)/);
      assert.match(String(line!.fields.at), /route\.lua:2$/);
      assert.deepEqual([line!.fields.function, line!.fields.callId], ['ksr_request_route', 'abc@phone']);
      assert.equal(counters.all().find(({ name }) => name === 'script.errors')!.value, 1);
    });

    test('leave what was done before them, and traffic goes on', () => {
      const here = stage('calls = 0 function probe() calls = calls + 1 KSR.test.num(calls) error("at " .. calls) end');
      for (let i = 1; i <= 50; i += 1) assert.deepEqual(outputOf(here), [i]);
      assert.equal(here.logger.errors.length, 50);
    });

    test('that are tables are logged by their type, with the place', () => {
      const { route, logger } = stage('');
      assert.equal(route('error({ code = 1 })').failed, true);
      assert.match(logger.errors[0]!.message, /error object is a table value/);
      assert.match(String(logger.errors[0]!.fields.at), /route\.lua:2$/);
    });

    test('concatenating a function whose call was forgotten is one', () => {
      const { route, logger } = stage('');
      assert.equal(route('return "port " .. KSR.test.out').failed, true);
      assert.match(logger.errors[0]!.message, /attempt to concatenate a function value/);
    });

    test('a stack overflow is one', () => {
      const { route, logger } = stage('', { maxInstructions: 100_000_000 });
      assert.equal(route('local function f() return 1 + f() end f()').failed, true);
      assert.match(logger.errors[0]!.message, /stack overflow/);
      assert.deepEqual(route('KSR.test.out("on")').out, ['on']);
    });
  });

  describe('load', () => {
    test('a file that is missing is an AppError that names it', () => {
      const { engine, path } = stage('', { load: false });
      unlinkSync(path);
      assert.throws(() => engine.load(), loadError(/cannot open .*route\.lua/));
    });

    test('a syntax error is an AppError with file:line', () => {
      const { engine } = stage('x = 1\nif then', { load: false });
      assert.throws(() => engine.load(), loadError(/route\.lua:2: unexpected symbol near 'then'/));
    });

    test('a run-time error is an AppError with file:line', () => {
      const { engine } = stage('x = 1\n\nmissing.call()', { load: false });
      assert.throws(() => engine.load(), loadError(/route\.lua:3: attempt to index a nil value/));
    });

    test('KSR.x.exit and coroutine.yield at the top of the file are errors of the load', () => {
      assert.throws(() => stage('KSR.x.exit()', { load: false }).engine.load(), loadError(/route\.lua:1: KSR\.x\.exit\(\)/));
      assert.throws(() => stage('coroutine.yield()', { load: false }).engine.load(), loadError(/yield from outside/));
    });

    test('compiled Lua is refused', () => {
      assert.throws(() => stage('\u001bLua', { load: false }).engine.load(), loadError(/binary chunk/));
    });
  });

  describe('reload', () => {
    test('takes new functions, keeps globals, deleted functions and loaded modules', () => {
      const here = stage('state = state or "first" function old() KSR.test.out("old") end tools = require("tools")', { load: false });
      here.write('return { version = 1 }', 'tools.lua');
      here.engine.load();
      here.write('return { version = 2 }', 'tools.lua');
      here.write('function probe() KSR.test.out(state .. require("tools").version) end');
      here.engine.reload();
      assert.deepEqual([outputOf(here), outputOf(here, 'old')], [['first1'], ['old']]);
    });

    test('of a file with a syntax error throws file:line and the old functions go on serving', () => {
      const here = stage('function probe() KSR.test.out("old") end');
      here.write('function probe()\n  KSR.test.out("new"\nend');
      assert.throws(() => here.engine.reload(), loadError(/route\.lua:3: '\)' expected/));
      assert.deepEqual(outputOf(here), ['old']);
    });

    test('that fails half-way takes back every global it set, replaced or removed', () => {
      const here = stage('limit = 5 extra = "kept" function probe() KSR.test.out("old" .. limit .. tostring(extra) .. tostring(added)) end');
      here.write('limit = 9 extra = nil added = true function probe() KSR.test.out("new") end error("half-way")');
      assert.throws(() => here.engine.reload(), loadError(/half-way/));
      assert.deepEqual(outputOf(here), ['old5keptnil']);
      here.write('function probe() KSR.test.out("fixed") end');
      here.engine.reload();
      assert.deepEqual(outputOf(here), ['fixed']);
    });

    test('that fails forgets modules it loaded, so that the next one reads them again', () => {
      const here = stage('function probe() KSR.test.out("old") end');
      here.write('return 1', 'settings.lua');
      here.write('require("settings") error("no")');
      assert.throws(() => here.engine.reload(), loadError(/no/));
      here.write('return 2', 'settings.lua');
      here.write('local n = require("settings") function probe() KSR.test.num(n) end');
      here.engine.reload();
      assert.deepEqual(outputOf(here), [2]);
    });

    test('while routes are parked: they go on with the functions they started with', async () => {
      const here = stage('function helper() return "old" end local h = helper function probe() KSR.test.wait("x") KSR.test.out(h()) end');
      const run = new TestRun();
      here.engine.run('probe', run);
      here.write('function probe() KSR.test.out("new") end');
      here.engine.reload();
      assert.deepEqual(outputOf(here), ['new']);
      run.waits[0]!.resolve('');
      await run.completed;
      assert.deepEqual(run.out, ['old']);
    });
  });
});
