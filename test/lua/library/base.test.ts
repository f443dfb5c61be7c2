import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';

import { LuaError, OutOfInstructions } from '../../../src/lua/runtime/lua-error.ts';
import { EXIT, EXIT_TEXT, NONE, type LuaFunction, type LuaValue, type Suspension } from '../../../src/lua/runtime/value.ts';
import { agree, errorOf, listOf, opened, tableOf } from './library-stage.ts';

const { call, get, host, runtime } = opened();

function raising(value: LuaValue): LuaFunction {
  return () => {
    throw new LuaError(value);
  };
}

describe('basic functions', () => {
  test('print writes a line of what tostring gives', () => {
    call('print', 1, 'a', undefined, true, 10 / 2);
    assert.equal(host.printed.pop(), '1\ta\tnil\ttrue\t5');
  });

  test('select counts from both ends', () => {
    assert.deepEqual(call('select', '#', undefined, undefined), [2]);
    assert.deepEqual(call('select', 2, 'a', 'b', 'c'), ['b', 'c']);
    assert.deepEqual(call('select', -1, 'a', 'b'), ['b']);
    assert.deepEqual(call('select', 5, 'a'), []);
    assert.equal(errorOf(() => call('select', 0)), "bad argument #1 to 'select' (index out of range)");
    assert.equal(errorOf(() => call('select', -3, 'a')), "bad argument #1 to 'select' (index out of range)");
  });

  test('assert gives all of its arguments, or raises the second one', () => {
    assert.deepEqual(call('assert', 1, 2, 3), [1, 2, 3]);
    assert.equal(errorOf(() => call('assert', false)), 'assertion failed!');
    assert.equal(errorOf(() => call('assert', undefined, 'why')), 'why');
    assert.equal(errorOf(() => call('assert')), "bad argument #1 to 'assert' (value expected)");
  });

  test('pairs asks __pairs, and fails in the loop for what is no table', () => {
    const table = tableOf({ a: 1 });
    assert.deepEqual(call('pairs', table), [get('next'), table, undefined]);
    table.metatable = tableOf({ __pairs: () => [1, 2, 3, 4] });
    assert.deepEqual(call('pairs', table), [1, 2, 3]);
    const [iterate] = call('pairs', undefined);
    assert.equal(errorOf(() => (iterate as LuaFunction)(undefined)), "bad argument #1 to 'for iterator' (table expected, got nil)");
  });

  test('ipairs goes up to the first nil, by __index too', () => {
    const table = listOf('a');
    table.metatable = tableOf({ __index: (_table: LuaValue, key: LuaValue) => (key === 2 ? 'b' : undefined) });
    const [iterate, state, start] = call('ipairs', table);
    assert.deepEqual((iterate as LuaFunction)(state, start), [1, 'a']);
    assert.deepEqual((iterate as LuaFunction)(state, 1), [2, 'b']);
    assert.equal((iterate as LuaFunction)(state, 2), undefined);
  });

  test('metatables are set, shown and protected', () => {
    const table = tableOf({});
    const metatable = tableOf({});
    assert.deepEqual(call('setmetatable', table, metatable), [table]);
    assert.deepEqual(call('getmetatable', table), [metatable]);
    metatable.set('__metatable', 'mine');
    assert.deepEqual(call('getmetatable', table), ['mine']);
    assert.equal(errorOf(() => call('setmetatable', table, undefined)), 'cannot change a protected metatable');
    assert.equal(errorOf(() => call('setmetatable', tableOf({}))), "bad argument #2 to 'setmetatable' (nil or table expected)");
    assert.deepEqual(call('getmetatable', 'text'), [runtime.stringMetatable]);
  });

  test('raw functions pass metatables by', () => {
    const table = tableOf({});
    table.metatable = tableOf({ __index: () => 1, __newindex: () => NONE, __len: () => 9, __eq: () => true });
    assert.deepEqual(call('rawget', table, 'a'), [undefined]);
    assert.deepEqual(call('rawset', table, 'a', 2), [table]);
    assert.deepEqual(call('rawget', table, 'a'), [2]);
    assert.deepEqual(call('rawlen', table), [0]);
    assert.deepEqual(call('rawequal', table, tableOf({})), [false]);
    assert.equal(errorOf(() => call('rawlen', 5)), "bad argument #1 to 'rawlen' (table or string expected)");
  });

  test('tonumber reads numerals of a base', () => {
    assert.deepEqual(call('tonumber', ' -ff ', 16), [-255]);
    assert.deepEqual(call('tonumber', 'zz', 36), [1295]);
    assert.deepEqual(call('tonumber', ' +1Z ', 36), [71]);
    assert.deepEqual(call('tonumber', '-+1', 36), [undefined]);
    assert.deepEqual(call('tonumber', '-0', 10), [0]);
    assert.deepEqual(call('tonumber', '8', 8), [undefined]);
    assert.deepEqual(call('tonumber', '1\0'), [undefined]);
    assert.equal(errorOf(() => call('tonumber', 10, 16)), "bad argument #1 to 'tonumber' (string expected, got number)");
    assert.equal(errorOf(() => call('tonumber', '10', 99)), "bad argument #2 to 'tonumber' (base out of range)");
  });

  test('collectgarbage knows its options and does nothing', () => {
    assert.deepEqual(call('collectgarbage'), [0]);
    assert.deepEqual(call('collectgarbage', 'count'), [0]);
    assert.equal(errorOf(() => call('collectgarbage', 'foo')), "bad argument #1 to 'collectgarbage' (invalid option 'foo')");
  });

  test('_G is the globals, _VERSION is 5.3', () => {
    assert.equal(runtime.globals.get('_G'), runtime.globals);
    assert.equal(runtime.globals.get('_VERSION'), 'Lua 5.3');
  });
});

describe('protected calls', () => {
  test('pcall gives true and the results, or false and the error', () => {
    assert.deepEqual(call('pcall', () => 5), [true, 5]);
    assert.deepEqual(call('pcall', (a, b) => [b, a], 1, 2), [true, 2, 1]);
    assert.deepEqual(call('pcall', () => NONE), [true]);
    assert.deepEqual(call('pcall', raising('no')), [false, 'no']);
    const value = tableOf({});
    assert.deepEqual(call('pcall', raising(value)), [false, value]);
    assert.deepEqual(call('pcall', undefined), [false, 'attempt to call a nil value']);
    assert.deepEqual(call('pcall', get('error')), [false, undefined]);
  });

  test('the end of the route is an error to pcall', () => {
    assert.deepEqual(call('pcall', () => EXIT), [false, EXIT_TEXT]);
  });

  test('used up instructions pass through', () => {
    assert.throws(() => call('pcall', () => runtime.exhausted()), OutOfInstructions);
    assert.throws(() => call('xpcall', () => runtime.exhausted(), () => 1), OutOfInstructions);
  });

  test('a full stack is an error of the script', () => {
    const recurse = (): LuaValue => recurse();
    assert.deepEqual(call('pcall', recurse), [false, 'stack overflow']);
  });

  test('what is no error of Lua is told to the host', () => {
    const [ok, text] = call('pcall', () => {
      throw new TypeError('broken');
    });
    assert.deepEqual([ok, text], [false, 'internal error: TypeError: broken']);
    assert.equal(host.internalErrors.length, 1);
  });

  test('pcall of a function that waits waits, and catches what comes later', () => {
    const waits = function* (): Suspension {
      const answer = (yield 'question') as LuaValue;
      throw new LuaError(`got ${String(answer)}`);
    };
    const suspension = get('pcall')(waits) as Suspension;
    assert.deepEqual(suspension.next(), { done: false, value: 'question' });
    assert.deepEqual(suspension.next('answer'), { done: true, value: [false, 'got answer'] });
  });

  test('xpcall gives the first result of the handler', () => {
    assert.deepEqual(call('xpcall', raising('e'), (error) => [`${String(error)}!`, 2]), [false, 'e!']);
    assert.deepEqual(call('xpcall', (a) => a, () => 1, 7), [true, 7]);
    assert.deepEqual(call('xpcall', raising('e'), raising('second')), [false, 'error in error handling']);
    assert.equal(errorOf(() => call('xpcall', () => 1)), "bad argument #2 to 'xpcall' (function expected, got no value)");
  });
});

test('tonumber and tostring give what fengari gives', () => {
  const numeral = fc.string({ unit: fc.constantFrom('0', '1', '9', 'x', 'e', '.', '-', '+', ' ', 'a', 'f', 'p', '\n'), maxLength: 8 });
  fc.assert(
    fc.property(numeral, fc.double({ noNaN: true }), fc.integer({ min: 2, max: 36 }), (text, number, base) => {
      agree('tonumber', text);
      if (/^[^.]*$/.test(text)) agree('tonumber', text, base);
      agree('tostring', number);
    }),
    { numRuns: 1_000 },
  );
});
