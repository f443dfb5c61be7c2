import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { AppError } from '../../../src/base/errors.ts';
import { stage, TestRun } from './stage.ts';

const compiled = { engine: 'compiled' } as const;

function outputOf({ engine }: ReturnType<typeof stage>): unknown[] {
  const run = new TestRun();
  engine.run('probe', run);
  return run.out;
}

describe('a script that cannot be compiled', () => {
  const cases: readonly [string, string][] = [
    ['load', 'f = load("return 1")'],
    ['loadstring', 'f = loadstring("return 1")'],
    ['loadfile', 'f = loadfile("x.lua")'],
    ['setfenv', 'setfenv(function() end, {})'],
    ['getfenv', 'e = getfenv(1)'],
    ['module', 'local make = module'],
    ['debug.getlocal', 'n = debug.getlocal(1, 1)'],
    ['string.dump', 's = pcall(string.dump, print)'],
    ['package.path', 'package.path = package.path .. ";/etc/?.lua"'],
    ['require with a name that is computed', 'local name = "x" if false then require(name) end'],
  ];
  for (const [reason, statement] of cases) {
    test(`is interpreted, and one line says why: ${reason}`, () => {
      const here = stage(`-- first line\n${statement}\nfunction probe() KSR.test.out("works") end`, compiled);
      assert.equal(here.engine.kind, 'interpreter');
      assert.deepEqual(outputOf(here), ['works']);
      assert.equal(here.logger.lines.length, 1);
      const [{ level, message } = { level: '', message: '' }] = here.logger.lines;
      assert.equal(level, 'warn');
      assert.match(message, /^The script is interpreted, which takes longer: .*route\.lua:2: /);
      assert.ok(message.endsWith(`: ${reason}`), message);
    });
  }

  test('names a module of it that is the reason', () => {
    const here = stage('require("tools")', { ...compiled, load: false });
    here.write('\n\nreturn load("return 1")', 'tools.lua');
    here.engine.load();
    assert.match(here.logger.lines[0]!.message, /tools\.lua:3: load$/);
  });

  test('is refused at a reload while a compiled one runs, which goes on serving', () => {
    const here = stage('state = "kept" function probe() KSR.test.out(state) end', compiled);
    here.write('state = load("return 1")() function probe() KSR.test.out("new") end');
    assert.throws(() => here.engine.reload(), (thrown) => thrown instanceof AppError && thrown.code === 'script.load' && /route\.lua:1: load; only the interpreter runs that/.test(thrown.message));
    assert.deepEqual([outputOf(here), here.engine.kind], [['kept'], 'compiled']);
  });
});

test('an interpreted script stays interpreted when a reload makes it one that could be compiled: its globals are there', () => {
  const here = stage('state = load("return \'kept\'")() function probe() KSR.test.out(state) end', compiled);
  here.write('function probe() KSR.test.out(state .. " on") end');
  here.engine.reload();
  assert.deepEqual([outputOf(here), here.engine.kind], [['kept on'], 'interpreter']);
});

test('script.engine "interpreter" interprets without a word', () => {
  const { engine, logger } = stage('function probe() end', { engine: 'interpreter' });
  assert.deepEqual([engine.kind, logger.lines], ['interpreter', []]);
});
