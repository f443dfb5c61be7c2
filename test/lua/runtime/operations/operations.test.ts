import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { errorValue } from '../../../../src/lua/runtime/position.ts';
import { LuaError } from '../../../../src/lua/runtime/lua-error.ts';
import { arithmetic, bitNot, floorDivide, modulo, negate, power } from '../../../../src/lua/runtime/operations/arithmetic.ts';
import { callable } from '../../../../src/lua/runtime/operations/call.ts';
import { equals, lessEqual, lessThan } from '../../../../src/lua/runtime/operations/compare.ts';
import { concat } from '../../../../src/lua/runtime/operations/concat.ts';
import { forNumber, forStart } from '../../../../src/lua/runtime/operations/for-loop.ts';
import { index } from '../../../../src/lua/runtime/operations/index.ts';
import { length } from '../../../../src/lua/runtime/operations/length.ts';
import { setIndex } from '../../../../src/lua/runtime/operations/set-index.ts';
import { toText } from '../../../../src/lua/runtime/operations/to-text.ts';
import { Runtime } from '../../../../src/lua/runtime/runtime.ts';
import { LuaTable } from '../../../../src/lua/runtime/table.ts';
import { Coroutine, NONE, type LuaFunction, type LuaValue, type Table } from '../../../../src/lua/runtime/value.ts';

const runtime = new Runtime();

function tableOf(fields: Readonly<Record<string, LuaValue>>): Table {
  const table = new LuaTable<LuaValue>();
  for (const [key, value] of Object.entries(fields)) table.set(key, value);
  return table;
}

function withMetatable(metatable: Readonly<Record<string, LuaValue>>): Table {
  const table = new LuaTable<LuaValue>();
  table.metatable = tableOf(metatable);
  return table;
}

function throws(text: string, action: () => unknown): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof LuaError, String(error));
    assert.equal(errorValue(error), text);
    return true;
  });
}

describe('arithmetic', () => {
  const cases: readonly (readonly [Parameters<typeof arithmetic>[1], LuaValue, LuaValue, LuaValue])[] = [
    ['+', '10', 1, 11],
    ['-', '0x10', '6', 10],
    ['*', ' 2 ', 3, 6],
    ['/', 1, '4', 0.25],
    ['^', '2', 10, 1024],
    ['%', -7, '3', 2],
    ['//', '-7', 2, -4],
    ['&', '6', 3, 2],
    ['|', 6, 1, 7],
    ['~', 0xff, 0x0f, 0xf0],
    ['<<', 1, 40, 2 ** 40],
    ['>>', 2 ** 40, 40, 1],
    ['>>', -1, 60, 15],
    ['<<', 1, -1, 0],
    ['&', 3.0, 2 ** 53, 0],
  ];
  for (const [operator, a, b, expected] of cases) {
    test(`${JSON.stringify(a)} ${operator} ${JSON.stringify(b)}`, () => assert.equal(arithmetic(runtime, operator, a, b), expected));
  }

  test('unary minus and complement', () => {
    assert.equal(negate(runtime, '2'), -2);
    assert.equal(bitNot(runtime, 0), -1);
    assert.equal(bitNot(runtime, '5'), -6);
  });

  test('an operand that is no number has a metamethod, of the left one first', () => {
    const left = withMetatable({ __add: (() => 'left') as LuaFunction, __shl: () => 'shifted' });
    const right = withMetatable({ __add: () => 'right' });
    assert.equal(arithmetic(runtime, '+', left, right), 'left');
    assert.equal(arithmetic(runtime, '+', 1, right), 'right');
    assert.equal(arithmetic(runtime, '<<', 1.5, left), 'shifted');
    const unary = withMetatable({ __unm: (a: LuaValue, b: LuaValue) => a === b, __bnot: () => [1, 2] });
    assert.equal(negate(runtime, unary), true);
    assert.equal(bitNot(runtime, unary), 1);
  });

  test('the error names the wrong operand and where it came from', () => {
    throws("attempt to perform arithmetic on a nil value (field 'x')", () => arithmetic(runtime, '+', 1, undefined, undefined, "field 'x'"));
    throws("attempt to perform arithmetic on a table value (local 'a')", () =>
      arithmetic(runtime, '%', new LuaTable(), undefined, "local 'a'", "local 'b'"));
    throws('attempt to perform arithmetic on a string value', () => arithmetic(runtime, '*', 'ten', 2));
    throws('attempt to perform bitwise operation on a boolean value', () => arithmetic(runtime, '&', 1, true));
    throws('number has no integer representation', () => arithmetic(runtime, '|', 1.5, 1));
    throws("number (local 'b') has no integer representation", () => arithmetic(runtime, '|', 1, 2 ** 63, "local 'a'", "local 'b'"));
    throws('attempt to perform arithmetic on a Address value', () => arithmetic(runtime, '/', withMetatable({ __name: 'Address' }), 1));
  });

  test('modulo has the sign of the divisor, and floor division rounds down', () => {
    for (const [a, b, remainder, quotient] of [
      [7, 3, 1, 2],
      [-7, 3, 2, -3],
      [7, -3, -2, -3],
      [-7, -3, -1, 2],
      [-6, 3, 0, -2],
      [6, -3, 0, -2],
      [5.5, 2, 1.5, 2],
      [-5.5, 2, 0.5, -3],
      [5, Infinity, 5, 0],
      [-5, Infinity, Infinity, 0],
      [5, -Infinity, -Infinity, 0],
      [5, 0, NaN, Infinity],
      [0, 0, NaN, NaN],
      [2 ** 53 - 1, 2, 1, 2 ** 52 - 1],
      [-(2 ** 53 - 1), 2 ** 53 - 2, 2 ** 53 - 3, -2],
      [3 * 2 ** -700, -(2 ** -699), -(2 ** -700), -2],
      [0, -5, 0, 0],
    ] as const) {
      // `Object.is`: zero is not minus zero.
      assert.ok(Object.is(modulo(a, b), remainder), `${a} % ${b}: ${modulo(a, b)}`);
      assert.ok(Object.is(floorDivide(a, b), quotient), `${a} // ${b}: ${floorDivide(a, b)}`);
    }
  });

  test('1 to any power is 1, as in C', () => {
    assert.equal(power(1, NaN), 1);
    assert.equal(power(1, Infinity), 1);
    assert.equal(power(-1, -Infinity), 1);
    assert.equal(power(2, 0.5), Math.SQRT2);
  });
});

describe('comparison', () => {
  test('only two different tables ask __eq', () => {
    const same = withMetatable({ __eq: () => 1 });
    assert.equal(equals(runtime, same, new LuaTable()), true);
    assert.equal(equals(runtime, new LuaTable(), same), true);
    assert.equal(equals(runtime, same, 'same'), false);
    assert.equal(equals(runtime, new LuaTable(), new LuaTable()), false);
    assert.equal(equals(runtime, 1, '1'), false);
    assert.equal(equals(runtime, 0, -0), true);
    assert.equal(equals(runtime, NaN, NaN), false);
  });

  test('texts are in the order of their bytes', () => {
    assert.equal(lessThan(runtime, 'Z', 'a'), true);
    assert.equal(lessThan(runtime, 'a', 'a\0'), true);
    assert.equal(lessThan(runtime, '\xff', '\x7f'), false);
    assert.equal(lessEqual(runtime, '10', '9'), true);
  });

  test('without __le, a <= b is not b < a', () => {
    const metatable = tableOf({ __lt: (a: LuaValue, b: LuaValue) => (a as Table).getField('n')! < (b as Table).getField('n')! });
    const [one, two] = [tableOf({ n: 1 }), tableOf({ n: 2 })];
    one.metatable = metatable;
    two.metatable = metatable;
    assert.equal(lessThan(runtime, one, two), true);
    assert.equal(lessEqual(runtime, one, two), true);
    assert.equal(lessEqual(runtime, two, one), false);
    metatable.set('__le', () => undefined);
    assert.equal(lessEqual(runtime, one, two), false);
  });

  test('what has no order is an error that names both types', () => {
    throws('attempt to compare two table values', () => lessThan(runtime, new LuaTable(), new LuaTable()));
    throws('attempt to compare number with nil', () => lessThan(runtime, 1, undefined));
    throws('attempt to compare nil with number', () => lessEqual(runtime, undefined, 1));
    throws('attempt to compare string with number', () => lessThan(runtime, '1', 2));
  });
});

describe('index', () => {
  test('__index is a table to look in, or a function to ask', () => {
    const parent = tableOf({ inherited: 1 });
    const child = withMetatable({ __index: parent });
    const grandchild = withMetatable({ __index: child });
    assert.equal(index(runtime, grandchild, 'inherited'), 1);
    assert.equal(index(runtime, grandchild, 'absent'), undefined);
    const asked = withMetatable({ __index: (table: LuaValue, key: LuaValue) => [table === asked, key] });
    assert.equal(index(runtime, asked, 'key'), true);
    asked.set('key', 2);
    assert.equal(index(runtime, asked, 'key'), 2);
  });

  test('a text is indexed by the metatable of strings', () => {
    const own = new Runtime();
    throws("attempt to index a string value (local 's')", () => index(own, 's', 'len', "local 's'"));
    own.stringMetatable.set('__index', tableOf({ len: 7 }));
    assert.equal(index(own, 's', 'len'), 7);
  });

  test('__newindex is asked for entries that are not there', () => {
    const store = new LuaTable<LuaValue>();
    const proxy = withMetatable({ __newindex: store });
    setIndex(runtime, proxy, 'a', 1);
    assert.equal(proxy.get('a'), undefined);
    assert.equal(store.get('a'), 1);
    const calls: LuaValue[][] = [];
    const watched = withMetatable({
      __newindex: (...args: LuaValue[]) => {
        calls.push(args);
        return NONE;
      },
    });
    watched.set('there', 1);
    setIndex(runtime, watched, 'there', 2);
    setIndex(runtime, watched, 'new', 3);
    assert.equal(watched.get('there'), 2);
    assert.deepEqual(calls.map((args) => args.slice(1)), [['new', 3]]);
  });

  test('the error names the value’s type and where it came from', () => {
    throws("attempt to index a nil value (local 'x')", () => index(runtime, undefined, 'a', "local 'x'"));
    throws("attempt to index a number value (field 'y')", () => setIndex(runtime, 1, 'a', 1, "field 'y'"));
    throws('attempt to index a boolean value', () => index(runtime, withMetatable({ __index: true }), 'a', "local 't'"));
    throws('table index is nil', () => setIndex(runtime, new LuaTable(), undefined, 1));
    throws('table index is NaN', () => setIndex(runtime, new LuaTable(), NaN, 1));
  });

  test('a loop of __index or __newindex is an error', () => {
    const loop = new LuaTable<LuaValue>();
    loop.metatable = tableOf({ __index: loop, __newindex: loop });
    throws("'__index' chain too long; possibly a loop", () => index(runtime, loop, 'a'));
    throws("'__newindex' chain too long; possibly a loop", () => setIndex(runtime, loop, 'a', 1));
  });
});

describe('calls, concatenation and length', () => {
  test('__call gets the value in front of the arguments', () => {
    const called = withMetatable({ __call: (...args: LuaValue[]) => [args.length, args[0] === called, args[1]] });
    assert.deepEqual(callable(runtime, called)('x'), [2, true, 'x']);
    throws("attempt to call a nil value (global 'f')", () => callable(runtime, undefined, "global 'f'"));
    throws('attempt to call a table value', () => callable(runtime, withMetatable({ __call: called })));
  });

  test('texts and numbers are concatenated, anything else by __concat', () => {
    assert.equal(concat(runtime, 'a', 1), 'a1');
    assert.equal(concat(runtime, 0.1, 2 ** 53 - 1), '0.19007199254740991');
    assert.equal(concat(runtime, 'a', withMetatable({ __concat: (a: LuaValue) => `${String(a)}!` })), 'a!');
    throws("attempt to concatenate a nil value (global 'x')", () => concat(runtime, 'a', undefined, undefined, "global 'x'"));
    throws("attempt to concatenate a boolean value (local 'l')", () => concat(runtime, true, undefined, "local 'l'", "local 'r'"));
  });

  test('a length is that of the text, of the list, or what __len says', () => {
    assert.equal(length(runtime, 'abc'), 3);
    const list = new LuaTable<LuaValue>();
    list.set(1, 'a');
    assert.equal(length(runtime, list), 1);
    assert.equal(length(runtime, withMetatable({ __len: () => 'long' })), 'long');
    throws("attempt to get length of a nil value (upvalue 'u')", () => length(runtime, undefined, "upvalue 'u'"));
  });

  test('a numeric for takes numbers and texts that are numbers', () => {
    assert.equal(forNumber('0x10', 'limit'), 16);
    throws("'for' initial value must be a number", () => forNumber(undefined, 'initial value'));
    throws("'for' step must be a number", () => forNumber('x', 'step'));
  });

  test('§3.3.5 a numeric for begins with its initial value less the step, plus the step: exact for integers below 2^53 only', () => {
    assert.deepEqual([forStart(3, 1), forStart('10', -1), forStart(2 ** 53 - 1, -1), forStart(-Infinity, 1)], [3, 10, 2 ** 53 - 1, -Infinity]);
    assert.deepEqual([forStart(0.1, 1), forStart(-0.125, 2 ** 53), forStart(-1, 2 ** 55), forStart(1, Infinity)], [0.1 - 1 + 1, 0, 0, NaN]);
    throws("'for' initial value must be a number", () => forStart('x', 1));
  });
});

describe('tostring', () => {
  test('numbers, booleans and nil are what they are written as', () => {
    assert.deepEqual(
      [10 / 2, 0.1, 2 ** 53, 1e100, -0, undefined, true, 'text'].map((value) => toText(runtime, value)),
      ['5', '0.1', '9.007199254741e+15', '1e+100', '-0', 'nil', 'true', 'text'],
    );
  });

  test('what has an identity is its type and an address that stays', () => {
    const table = new LuaTable<LuaValue>();
    assert.match(toText(runtime, table), /^table: 0x[0-9a-f]{12}$/);
    assert.equal(toText(runtime, table), toText(runtime, table));
    assert.notEqual(toText(runtime, table), toText(runtime, new LuaTable()));
    assert.match(toText(runtime, () => NONE), /^function: 0x/);
    assert.match(toText(runtime, new Coroutine(() => NONE)), /^thread: 0x/);
    assert.match(toText(runtime, withMetatable({ __name: 'Address' })), /^Address: 0x/);
  });

  test('__tostring gives a text or a number', () => {
    assert.equal(toText(runtime, withMetatable({ __tostring: () => 'me' })), 'me');
    assert.equal(toText(runtime, withMetatable({ __tostring: () => 5 })), '5');
    throws("'__tostring' must return a string", () => toText(runtime, withMetatable({ __tostring: () => true })));
  });
});
