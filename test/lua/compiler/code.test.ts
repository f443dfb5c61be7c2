import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { OutOfInstructions } from '../../../src/lua/runtime/lua-error.ts';
import { EXIT, NONE, type LuaFunction, type LuaValue } from '../../../src/lua/runtime/value.ts';
import { evaluate, failure } from './evaluate.ts';

const pick: LuaFunction = (...args) => args;
const count: LuaFunction = (...args) => args.length;
const nothing: LuaFunction = () => NONE;
const exit: LuaFunction = () => EXIT;

describe('results and arguments', () => {
  const cases: readonly [string, string, readonly LuaValue[]][] = [
    ['all results of the last call of a list are taken', 'return 0, pick(1, 2)', [0, 1, 2]],
    ['one result of every other call', 'return pick(1, 2), 0', [1, 0]],
    ['one in parentheses', 'return (pick(1, 2))', [1]],
    ['a call without results gives nil inside of a list', 'return (nothing())', [undefined]],
    ['and nothing at its end', 'return count(nothing())', [0]],
    ['one nil is a result', 'return count(nil)', [1]],
    ['a function without return has no results', 'return count((function() end)())', [0]],
    ['return without values has no results', 'return count((function() return end)())', [0]],
    ['return nil has one', 'return count((function() return nil end)())', [1]],
    ['... stands for all further arguments', 'return (function(a, ...) return count(...), (...), a end)(1, 2, nil)', [2, 2, 1]],
    ['... in the middle of a list is its first', 'return (function(...) return ..., 0 end)(1, 2)', [1, 0]],
    ['missing arguments are nil, extra ones dropped', 'return (function(a, b) return a, b end)(1), (function(a) return a end)(1, 2)', [1, 1]],
    ['names without values get nil', 'local a, b, c = pick(1, 2) return a, b, c', [1, 2, undefined]],
    ['values without names are still computed', 'local n = 0 local function f() n = n + 1 return n end local a = f(), f() return a, n', [1, 2]],
    ['an assignment evaluates everything before it stores', 'local a, b = 1, 2 a, b = b, a return a, b', [2, 1]],
    ['and stores from the right', 'local a a, a = 1, 2 return a', [1]],
    ['a table constructor ends with all results', 'local t = { 0, pick(1, 2) } return #t, t[3]', [3, 2]],
    ['its list wins over its keys', 'return ({ [1] = "key", "list" })[1]', ['list']],
  ];
  for (const [title, source, expected] of cases) test(title, () => assert.deepEqual(evaluate(source, { pick, count, nothing }), expected));
});

describe('order of evaluation is that of Lua', () => {
  const trace = 'local s = "" local function f(x) s = s .. x return x end ';
  const cases: readonly [string, string, readonly LuaValue[]][] = [
    ['operands from the left', `${trace} local _ = f(1) + f(2) * f(3) return s`, ['123']],
    ['arguments from the left, the function before them', `${trace} local function g() s = s .. "g" return count end local _ = g()(f(1), f(2)) return s`, ['g12']],
    ['an operator sees what the call beside it did to a local', 'local x = 1 local function f() x = 10 return 1 end return x + f()', [11]],
    ['an argument does not', 'local x = 1 local function f() x = 10 return 1 end return pick(x, f())', [1, 1]],
    ['nor a global operand', 'x = 1 local function f() x = 10 return 1 end return x + f()', [2]],
    ['and does not compute its right side when the left one is false', `${trace} local a = nil and f(1) local b = 1 or f(2) return s, a, b`, ['', undefined, 1]],
    ['a condition of calls stops where it is decided', `${trace} if f(1) == 1 or f(2) == 2 then s = s .. "!" end return s`, ['1!']],
    ['elseif is asked when if was false', `${trace} if f(1) == 2 then s = s .. "a" elseif f(2) == 2 then s = s .. "b" else s = s .. "c" end return s`, ['12b']],
    ['the fields of a constructor as they are written, behind what stands before it', `${trace} local t = f(0) + #{ x = f(1), f(2), [f(3)] = f(4), f(5) } return s`, ['012345']],
    ['while asks again for each round', `${trace} local n = 0 while f(n) < 2 do n = n + 1 end return s`, ['012']],
  ];
  for (const [title, source, expected] of cases) test(title, () => assert.deepEqual(evaluate(source, { pick, count }), expected));
});

describe('variables', () => {
  const cases: readonly [string, string, readonly LuaValue[]][] = [
    ['each round of a numeric for has its own', 'local t = {} for i = 1, 3 do t[i] = function() i = i + 1 return i end end return t[1](), t[1](), t[2]()', [2, 3, 3]],
    ['each round of while too', 'local t, n = {}, 0 while n < 2 do n = n + 1 local x = n t[n] = function() return x end end return t[1](), t[2]()', [1, 2]],
    ['until sees the variables of its block', 'local n = 0 repeat local last = n n = n + 1 until last == 2 return n', [3]],
    ['§3.3.5 a numeric for takes the step off and adds it in the first round too, which rounds fractions', 'local a, b = 0.1, 1 for i = a, 1 do for j = 0.1, 1 do for k = -0.1, a, b do return i, j, k end end end', [0.1 - 1 + 1, 0.1 - 1 + 1, -0.1 - 1 + 1]],
    ['and ends where that is no number', 'for i = 1, 2, 1e999 do return i end return "never"', ['never']],
    ['§3.3.5 a step below zero goes down', 'local s, d = "", -2 for i = 3, 1, -1 do s = s .. i end for i = 5, 1, d do s = s .. i end for i = 1, 2, -1 do s = s .. "!" end return s', ['321531']],
    ['the loop variable is a copy', 'local n = 0 for i = 1, 3 do i = i * 10 n = n + i end return n', [60]],
    ['a local hides the one before, from its next statement on', 'local x = 1 local x = x + 1 do local x = x + 1 end return x', [2]],
    ['a declaration without value is nil each time', 'local n = 0 for i = 1, 2 do local x if x == nil then n = n + 1 end x = i end return n', [2]],
    ['names that JavaScript reserves are names', 'local class, var, new, this = 1, 2, 3, 4 return class, var, new, this', [1, 2, 3, 4]],
    ['a local function knows itself', 'local function f(n) if n == 0 then return "done" end return f(n - 1) end return f(5)', ['done']],
    ['a returned string that is a keyword is a string', 'local function f() return "end" end local function g(x) if x then return \'end\' end return [[end]], "end" end return f(), g(true), g()', ['end', 'end', 'end', 'end']],
    ['closures share a variable', 'local x = 0 local function up() x = x + 1 end local function get() return x end up() up() return get()', [2]],
    ['strings are bytes', 'return #"\\195\\164\\0", "\\x41\\u{e4}" == "A\\195\\164"', [3, true]],
  ];
  for (const [title, source, expected] of cases) test(title, () => assert.deepEqual(evaluate(source), expected));
});

describe('the end of a route', () => {
  const cases: readonly [string, string][] = [
    ['goes through the functions around it', 'local function f() exit() return 1 end f() return 2'],
    ['out of an expression', 'local function f() exit() end local x = 1 + (f() or 2) return x'],
    ['out of arguments, loops and conditions', 'for i = 1, 2 do while true do if count(exit()) then return 1 end end end'],
    ['out of a returned call', 'local function f() return exit() end return f()'],
    ['out of an iterator', 'for x in exit do return x end'],
    ['behind a wait', 'local function f() wait("x") exit() end f() return 1'],
  ];
  for (const [title, source] of cases) test(title, () => assert.equal(evaluate(source, { exit, count }), 'exit'));
});

describe('waiting', () => {
  const cases: readonly [string, string, readonly LuaValue[]][] = [
    ['reads as if it blocked', 'local a = wait("a") local b = wait("b") return a, b', ['answer a', 'answer b']],
    ['in functions that functions call', 'local function f(x) return wait(x) end local function g(x) return 1, f(x) end return g("q")', [1, 'answer q']],
    ['in loops, conditions and arguments', 'local s = "" for i = 1, 2 do if wait(i) == "answer 2" or count(wait("c"), 1) == 2 then s = s .. i end end return s', ['12']],
    ['keeps what was computed before', 'return count(1, wait("x")), "a" .. wait("b") .. "c"', [2, 'aanswer bc']],
    ['in an iterator', 'local n = 0 local function more() n = n + 1 if n < 3 then return n, wait(n) end end local s = "" for i, v in more do s = s .. v end return s', ['answer 1answer 2']],
  ];
  for (const [title, source, expected] of cases) test(title, () => assert.deepEqual(evaluate(source, { count }), expected));
});

describe('errors name the line of Lua and what was wrong', () => {
  const cases: readonly [string, string, string][] = [
    ['a local', '\nlocal x\nreturn x.y', "chunk:3: attempt to index a nil value (local 'x')"],
    ['an upvalue', 'local x\nlocal function f()\n return x.y\nend\nreturn (f())', "chunk:3: attempt to index a nil value (upvalue 'x')"],
    ['a global', '\nnone()', "chunk:2: attempt to call a nil value (global 'none')"],
    ['a field', 'local t = {}\nt.a.b = 1', "chunk:2: attempt to index a nil value (field 'a')"],
    ['a field by a computed name', 'local t = {}\nlocal k = 1\nt[k].b = 1', "chunk:3: attempt to index a nil value (field '?')"],
    ['an iterator', '\nfor k in nil do end', 'chunk:2: attempt to call a nil value'],
    ['a method', 'local t = {}\n\nt:go()', "chunk:3: attempt to call a nil value (method 'go')"],
    ['the operator in an expression of several lines', 'local t = {}\nreturn 1\n + 2\n + t', 'chunk:4: attempt to perform arithmetic on a table value (local \'t\')'],
    ['the first line of a call of several lines', 'local t = {}\n\nt.f(\n 1,\n 2)', "chunk:3: attempt to call a nil value (field 'f')"],
    ['an argument on its own line', 'count(1,\n 2,\n nope.x)', "chunk:3: attempt to index a nil value (global 'nope')"],
    ['a concatenation', 'local a = {}\nreturn "x" .. a', "chunk:2: attempt to concatenate a table value (local 'a')"],
    ['a comparison', 'return {} < 1', 'chunk:1: attempt to compare table with number'],
    ['the limit of a loop', 'for i = 1, {} do end', "chunk:1: 'for' limit must be a number"],
    ['its step', 'for i = 1, 2, {} do end', "chunk:1: 'for' step must be a number"],
    ['its initial value', 'for i = {}, 2, -1 do end', "chunk:1: 'for' initial value must be a number"],
    ['§3.3.5 the initial value of a loop is evaluated before its limit is looked at', 'for i = none.x, nil do end', "chunk:1: attempt to index a nil value (global 'none')"],
    ['§3.3.5 its step too', 'for i = 1, nil, none.x do end', "chunk:1: attempt to index a nil value (global 'none')"],
    ['§3.3.5 all three are evaluated in order', 'for i = 1 .. nil, none.x, none.y do end', 'chunk:1: attempt to concatenate a nil value'],
    ['then the limit is looked at first', 'for i = nil, nil, nil do end', "chunk:1: 'for' limit must be a number"],
    ['and the initial value last', 'for i = nil, 1, nil do end', "chunk:1: 'for' step must be a number"],
    ['the entry of a constructor that is written first', 'return { x = none.x, 1 .. nil, y = none.y }', "chunk:1: attempt to index a nil value (global 'none')"],
    ['behind a wait', 'wait("x")\nlocal function f()\n wait("y")\n local z = nil + 1\nend\nf()', 'chunk:4: attempt to perform arithmetic on a nil value'],
  ];
  for (const [title, source, expected] of cases) test(title, () => assert.equal(failure(source, { count }), expected));
});

describe('the limit on instructions', () => {
  const endless: readonly [string, string][] = [
    ['while', 'while true do end'],
    ['repeat', 'repeat until false'],
    ['for', 'for i = 1, 1e15 do end'],
    ['generic for', 'for x in function() return 1 end do end'],
    ['goto', '::top:: goto top'],
    ['recursion', 'local function f() f() end while true do f() end'],
  ];
  for (const [title, source] of endless) {
    test(`stops ${title}`, () => assert.throws(() => evaluate(source, {}, 10_000), OutOfInstructions));
  }
});
