import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { onBothEngines, stage, type Stage } from './stage.ts';

type StageOf = (source: string) => Stage;

/** Makes the function that runs an expression in a route and compares its text. */
function showsOn(stage: StageOf) {
  return (title: string, expression: string, expected: string): void => {
    test(title, () => {
      const { route, logger } = stage('');
      const run = route(`KSR.test.out(tostring(${expression}))`);
      assert.deepEqual(logger.errors, []);
      assert.deepEqual(run.out, [expected]);
    });
  };
}

onBothEngines((stage) => {
  const shows = showsOn(stage);

  describe('Lua 5.1 habits', () => {
    shows('unpack', 'select("#", unpack({ 1, 2, 3 }))', '3');
    shows('table.getn', 'table.getn({ 1, 2 })', '2');
    shows('table.maxn counts past holes', 'table.maxn({ [7] = 1, a = 9 })', '7');
    shows('table.foreach stops at a result', 'table.foreach({ a = 1 }, function(k, v) return k .. v end)', 'a1');
    shows('table.foreachi goes in order', 'table.foreachi({ "x", "y" }, function(i, v) if i == 2 then return v end end)', 'y');
    shows('math.pow', 'math.pow(2, 10)', '1024');
    shows('math.mod', 'math.mod(7, 3)', '1');
    shows('math.log10', 'math.log10(1000)', '3');
    shows('math.ldexp', 'math.ldexp(3, 2)', '12');
    shows('string.gfind', 'string.gfind("a=1", "(%w)=(%d)")()', 'a');
    shows('os.date("!...") is UTC', 'os.date("!%Y-%m-%d %H:%M:%S", 86400)', '1970-01-02 00:00:00');
  });

  describe('what a script cannot reach', () => {
    for (const name of [
      'os.execute',
      'io.popen',
      'package.loadlib',
      'package.jspath',
      // By its name alone, `debug.sethook` would have the script interpreted.
      'debug["sethook"]',
      'debug["debug"]',
      'js',
      'fengari',
      'package.loaded.fengari',
    ]) {
      shows(name, name, 'nil');
    }

    test('os.exit ends the route with an error line and not the server', () => {
      const { route, logger } = stage('');
      const run = route('os.exit(1) KSR.test.out("behind")');
      assert.deepEqual([run.out, run.failed], [[], false]);
      assert.match(logger.errors[0]!.message, /os\.exit/);
      assert.match(String(logger.errors[0]!.fields.at), /route\.lua:2$/);
      assert.deepEqual(route('KSR.test.out("next")').out, ['next']);
    });
  });

  describe('require', () => {
    test('finds a module in the folder of the script, once', () => {
      const { write, route } = stage('');
      write('loads = (loads or 0) + 1 return { name = "tools" }', 'tools.lua');
      const run = route('KSR.test.out(require("tools").name .. require("tools").name) KSR.test.num(loads)');
      assert.deepEqual(run.out, ['toolstools', 1]);
    });

    test('does not find JavaScript', () => {
      const { write, route, logger } = stage('');
      write('module.exports.luaopen_evil = () => 0;', 'evil.js');
      assert.equal(route('require("evil")').failed, true);
      assert.match(logger.errors[0]!.message, /module 'evil' not found/);
    });
  });

  describe('print', () => {
    test('goes to the log at info, with the Call-ID', () => {
      const { route, logger } = stage('');
      route('print("a", 1, nil, true)');
      assert.deepEqual(logger.lines.at(-1), { level: 'info', message: 'a\t1\tnil\ttrue', fields: { callId: 'call-1' } });
    });
  });

  describe('string.rep', () => {
    test('refuses a result past the bound with an error that pcall catches', () => {
      const { route } = stage('', { maxRepeatBytes: 100 });
      const run = route('local ok, why = pcall(string.rep, "ab", 51) KSR.test.out(tostring(ok) .. why)');
      assert.match(String(run.out[0]), /^false.*longer than 100 bytes/);
    });

    test('counts the separator', () => {
      const { route } = stage('', { maxRepeatBytes: 100 });
      assert.equal(route('return string.rep("a", 10, "----------")').failed, true);
    });

    test('counts the digits of a number', () => {
      const { route } = stage('', { maxRepeatBytes: 100 });
      assert.equal(route('return string.rep(1234567890, 11)').failed, true);
      assert.equal(route('return string.rep("a", 11, 1234567890)').failed, true);
      assert.equal(route('return string.rep(1234567890, 10)').failed, false);
    });

    test('builds what is within the bound, and nothing for a count below one', () => {
      const { route } = stage('', { maxRepeatBytes: 100 });
      const run = route('KSR.test.num(#string.rep("ab", 50)) KSR.test.num(#("ab"):rep(-1)) KSR.test.out(("x"):rep(3, ","))');
      assert.deepEqual(run.out, [100, 0, 'x,x,x']);
    });
  });

  describe('coroutines of the script', () => {
    test('work among themselves', () => {
      const { route } = stage('');
      const run = route(`
      local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
      KSR.test.num(co(1)) KSR.test.num(co(21))`);
      assert.deepEqual(run.out, [2, 42]);
    });

    test('yield outside of one is an error, as in Lua 5.1', () => {
      const { route, logger } = stage('');
      assert.equal(route('coroutine.yield()').failed, true);
      assert.match(logger.errors[0]!.message, /attempt to yield from outside a coroutine/);
    });

    test('KSR functions that do not wait may be called in them, with the context of the route', () => {
      const { route } = stage('');
      assert.deepEqual(route('coroutine.wrap(function() KSR.test.out("inside") end)()').out, ['inside']);
    });
  });
});

// What the compiler declines.
describe('functions of Lua 5.1 that only the interpreter has', () => {
  const on = (source: string) => stage(source, { engine: 'interpreter' });
  const shows = showsOn(on);
  shows('package.loaders is there', 'type(package.loaders)', 'table');
  shows('package.searchers has no place for JavaScript', 'package.searchers[3]', 'nil');
  shows('loadstring', 'loadstring("return 1 + 1")()', '2');
  shows('loadstring gives nil and the message for bad source', 'select("#", loadstring("return ="))', '2');
  shows('getfenv of a function is the global table', 'getfenv(print) == _G and getfenv(1) == _G', 'true');
  shows('setfenv gives one function an environment', 'setfenv(function() return x end, { x = "inner" })()', 'inner');
  shows(
    'setfenv leaves other functions alone',
    '(function() local a, b = function() return x end, function() return x end setfenv(a, { x = 1 }) return b() end)()',
    'nil',
  );

  test('module(name, package.seeall) makes a module whose functions see globals', () => {
    const { write, route } = on('');
    write('module("greet", package.seeall)\nfunction hello(who) return tostring(prefix) .. who end', 'greet.lua');
    const run = route('prefix = "hi " require("greet") KSR.test.out(greet.hello("bob")) KSR.test.out(tostring(hello))');
    assert.deepEqual(run.out, ['hi bob', 'nil']);
  });
});
