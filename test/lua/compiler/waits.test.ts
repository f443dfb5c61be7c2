import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseChunk } from '../../../src/lua/compiler/parse.ts';
import { bindNames } from '../../../src/lua/compiler/scope.ts';
import { findWaits, type BoundChunk } from '../../../src/lua/compiler/waits.ts';

const WAITING = new Set(['coroutine.yield', 'KSR.sqlops.sql_query']);

function bound(source: string): BoundChunk {
  const parsed = parseChunk(source);
  assert.ok('chunk' in parsed, JSON.stringify(parsed));
  return { ...parsed, scope: bindNames(parsed.chunk) };
}

/** The lines on which functions begin that may wait; 0 for the chunk itself. */
function waitingLines(...sources: string[]): number[] {
  const { functions } = findWaits(sources.map(bound), WAITING);
  return [...functions].map((one) => (one.type === 'Chunk' ? 0 : one.loc.start.line)).sort((a, b) => a - b);
}

describe('a function may wait when', () => {
  const cases: readonly [string, string, number[]][] = [
    ['it calls a function of the host that waits', 'function f() KSR.sqlops.sql_query("c", "q", "r") end', [1]],
    ['it calls one that does', 'function f() KSR.sqlops.sql_query() end\nfunction g() f() end', [1, 2]],
    ['the call comes before the definition', 'function g() f() end\nfunction f() KSR.sqlops.sql_query() end', [1, 2]],
    ['it calls a local function that does', 'local function f() KSR.sqlops.sql_query() end\nlocal function g() return f() end', [1, 2]],
    ['the host function has a local name', 'local query = KSR.sqlops.sql_query\nlocal function g() query() end', [2]],
    ['the module of the host has a local name', 'local sql = KSR.sqlops\nlocal function g() sql.sql_query() end', [2]],
    ['it calls a method that does', 'local T = {}\nfunction T:f() KSR.sqlops.sql_query() end\nfunction g(o) o:f() end', [2, 3]],
    ['it calls a field of a constructor that does', 'local T = { f = function() KSR.sqlops.sql_query() end }\nfunction g() T.f() end', [1, 2]],
    ['pcall calls it', 'function f() KSR.sqlops.sql_query() end\nfunction g() pcall(f) end', [1, 2]],
    ['pcall calls the host function itself', 'function g() pcall(KSR.sqlops.sql_query, "c") end', [1]],
    ['pcall calls a function literal that does', 'function g() pcall(function()\nKSR.sqlops.sql_query() end) end', [1, 1]],
    ['it calls a parameter, and a function that waits is a value somewhere', 'function f() KSR.sqlops.sql_query() end\nfunction g(h) h() end', [1, 2]],
    ['it calls a computed field, and so on', 'function f() KSR.sqlops.sql_query() end\nfunction g(t, k) t[k]() end', [1, 2]],
    ['the host function itself is a value somewhere', 'local t = { KSR.sqlops.sql_query }\nfunction g(h) h() end', [2]],
    ['all of the host is a value somewhere', 'local t = { KSR }\nfunction g(h) h() end', [2]],
    ['a global is set through _G', '_G.f = function() KSR.sqlops.sql_query() end\nfunction g() f() end', [1, 2]],
    ['a field is set by a computed key', 'local t = {}\nlocal function f() KSR.sqlops.sql_query() end\nt[name] = f\nfunction g() t.anything() end', [2, 4]],
    ['a field is set by rawset', 'local t = {}\nlocal function f() KSR.sqlops.sql_query() end\nrawset(t, "x", f)\nfunction g() t.x() end', [2, 4]],
    ['__index is a function', 'local function f() KSR.sqlops.sql_query() end\nlocal t = setmetatable({}, { __index = function() return f end })\nfunction g() t.x() end', [1, 3]],
    ['a local is assigned twice', 'local f = function() end\nfunction g() f() end\nf = function() KSR.sqlops.sql_query() end', [2, 3]],
    ['the iterator of its loop does', 'local function f() return KSR.sqlops.sql_query() end\nfunction g() for x in f do print(x) end end', [1, 2]],
    ['it yields in a coroutine', 'local co = coroutine.wrap(function()\ncoroutine.yield(1) end)', [1]],
    ['the chunk itself calls it', 'KSR.sqlops.sql_query()', [0]],
  ];
  for (const [title, source, expected] of cases) {
    test(title, () => assert.deepEqual(waitingLines(source), expected));
  }

  test('another file of the program defines what it calls', () => {
    assert.deepEqual(waitingLines('function f() KSR.sqlops.sql_query() end', '\nfunction g() f() end'), [1, 2]);
  });
});

describe('a function does not wait when', () => {
  const cases: readonly [string, string, number[]][] = [
    ['nothing that it calls does', 'function f() KSR.tm.t_relay() KSR.x.exit() end', []],
    ['only the function around it does', 'function f() KSR.sqlops.sql_query() end\nfunction g() end\nfunction h() f() g() end', [1, 3]],
    ['it only passes on a function that does', 'local function f() KSR.sqlops.sql_query() end\nfunction g() return f end', [1]],
    ['a local hides the global that does', 'function f() KSR.sqlops.sql_query() end\nfunction g() local f = function() end f() end', [1]],
    ['it calls library functions, and functions that wait are values', 'function f() KSR.sqlops.sql_query() end\nfunction g() print(string.find("a", "b")) end', [1]],
    ['it calls methods of strings', 'function f() KSR.sqlops.sql_query() end\nfunction g(s) return s:upper() end', [1]],
    ['its loop runs over pairs', 'function f() KSR.sqlops.sql_query() end\nfunction g(t) for k, v in pairs(t) do print(k, v) end end', [1]],
    ['tables are filled by computed keys with other things', 'function f() KSR.sqlops.sql_query() end\nfunction g(t, k) t[k] = "x" t.done() end', [1]],
    ['classes inherit', 'local Base = {}\nBase.__index = Base\nlocal Derived = setmetatable({}, { __index = Base })\nfunction Base:f() end\nfunction q() KSR.sqlops.sql_query() end\nfunction g(o) o:f() end', [5]],
    ['sort calls the comparison: nobody may wait there', 'local function less(a, b) return a < b end\nfunction g(t) table.sort(t, less) KSR.sqlops.sql_query() end', [2]],
  ];
  for (const [title, source, expected] of cases) test(title, () => assert.deepEqual(waitingLines(source), expected));
});
