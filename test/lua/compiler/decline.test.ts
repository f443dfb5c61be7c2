import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { compileProgram } from '../../../src/lua/compiler/compile.ts';

const compile = (text: string) => compileProgram({ name: 'route.lua', text }, { waiting: new Set() });

describe('a program is left to the interpreter, with line and reason, when it', () => {
  const cases: readonly [string, string, string, number][] = [
    ['makes code from text', '\nlocal f = load("return 1")', 'load', 2],
    ['changes environments', 'setfenv(1, {})', 'setfenv', 1],
    ['names its environment', 'local e = _ENV', '_ENV', 1],
    ['looks into functions', '\n\ndebug.sethook(f)', 'debug.sethook', 3],
    ['dumps functions', 'string.dump(f)', 'string.dump', 1],
    ['requires a computed name', 'require("x" .. y)', 'require with a name that is computed', 1],
    ['changes where modules are found', 'package.path = "/elsewhere/?.lua"', 'package.path', 1],
    ['has a syntax error', '\nx = = 1', "[2:4] <expression> expected near '='", 2],
  ];
  for (const [title, source, reason, line] of cases) {
    test(title, () => assert.deepEqual(compile(source), { kind: 'declined', source: 'route.lua', line, reason }));
  }
});

describe('it is compiled when it', () => {
  const cases: readonly [string, string][] = [
    ['has variables and fields of such names', 'local load, _ENV2 = 1, 2 local t = { load = load, setfenv = 1 } return t.load'],
    ['asks for positions', 'return debug.traceback(), debug.getinfo(1, "Sl")'],
    ['requires a constant name', 'require "module"'],
    ['begins with a line for the shell', '#!/usr/bin/env lua\nreturn 1'],
  ];
  for (const [title, source] of cases) test(title, () => assert.equal(compile(source).kind, 'compiled'));
});
