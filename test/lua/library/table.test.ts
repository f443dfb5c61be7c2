import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';

import { LuaTable } from '../../../src/lua/runtime/table.ts';
import type { LuaValue, Table } from '../../../src/lua/runtime/value.ts';
import { agree, errorOf, listOf, opened, tableOf } from './library-stage.ts';

const { call } = opened();

function joined(list: LuaValue): LuaValue {
  return call('table.concat', list, ',')[0];
}

describe('table', () => {
  test('insert appends, or moves up what is behind', () => {
    const list = listOf('a', 'b');
    call('table.insert', list, 'd');
    call('table.insert', list, 3, 'c');
    call('table.insert', list, 1, 'z');
    assert.equal(joined(list), 'z,a,b,c,d');
    assert.equal(errorOf(() => call('table.insert', list, 9, 'x')), "bad argument #2 to 'insert' (position out of bounds)");
    assert.equal(errorOf(() => call('table.insert', list)), "wrong number of arguments to 'insert'");
    assert.equal(errorOf(() => call('table.insert', undefined, 1)), "bad argument #1 to 'insert' (table expected, got nil)");
  });

  test('remove gives the value and moves down what is behind', () => {
    const list = listOf('a', 'b', 'c');
    assert.deepEqual(call('table.remove', list, 1), ['a']);
    assert.deepEqual(call('table.remove', list), ['c']);
    assert.equal(joined(list), 'b');
    assert.deepEqual(call('table.remove', listOf()), [undefined]);
    assert.deepEqual(call('table.remove', list, 2), [undefined]);
    assert.equal(errorOf(() => call('table.remove', list, 7)), "bad argument #1 to 'remove' (position out of bounds)");
  });

  test('concat takes texts and numbers of a range', () => {
    assert.deepEqual(call('table.concat', listOf('a', 1, 2.5), '-'), ['a-1-2.5']);
    assert.deepEqual(call('table.concat', listOf('a', 'b', 'c'), '', 2, 3), ['bc']);
    assert.deepEqual(call('table.concat', listOf()), ['']);
    assert.equal(errorOf(() => call('table.concat', listOf('a', true))), "invalid value (boolean) at index 2 in table for 'concat'");
  });

  test('pack and unpack keep nils', () => {
    const [packed] = call('table.pack', 1, undefined, 3);
    assert.equal((packed as Table).get('n'), 3);
    assert.deepEqual(call('table.unpack', packed, 1, 3), [1, undefined, 3]);
    assert.deepEqual(call('unpack', listOf(1, 2, 3), 2), [2, 3]);
    assert.deepEqual(call('table.unpack', listOf(), 1, 0), []);
    assert.equal(errorOf(() => call('table.unpack', listOf(), 1, 1e8)), 'too many results to unpack');
  });

  test('move copies a range, over itself too', () => {
    assert.equal(joined(call('table.move', listOf(1, 2, 3), 1, 3, 2)[0]), '1,1,2,3');
    assert.equal(joined(call('table.move', listOf(1, 2, 3, 4), 2, 4, 1)[0]), '2,3,4,4');
    assert.equal(joined(call('table.move', listOf(1, 2), 1, 2, 1, listOf())[0]), '1,2');
  });

  test('sort orders by < or by a function, and tolerates one that contradicts itself', () => {
    const list = listOf(3, 1, 2, 1);
    call('table.sort', list);
    assert.equal(joined(list), '1,1,2,3');
    call('table.sort', list, (a, b) => a! > b!);
    assert.equal(joined(list), '3,2,1,1');
    call('table.sort', list, () => true);
    assert.equal(list.length, 4);
    assert.equal(errorOf(() => call('table.sort', listOf(1, 'a'))), 'attempt to compare string with number');
    assert.equal(errorOf(() => call('table.sort', list, 5)), "bad argument #2 to 'sort' (function expected, got number)");
  });

  test('metatables are obeyed', () => {
    const numbers = new LuaTable<LuaValue>();
    numbers.metatable = tableOf({ __index: (_table: LuaValue, key: LuaValue) => key, __len: () => 3 });
    assert.equal(joined(numbers), '1,2,3');
    assert.deepEqual(call('table.unpack', numbers), [1, 2, 3]);
  });

  test('the functions of 5.1 are there', () => {
    assert.deepEqual(call('table.getn', listOf(1, 2)), [2]);
    assert.deepEqual(call('table.maxn', tableOf({ x: 1 })), [0]);
    const sparse = listOf(1);
    sparse.set(10, 1);
    assert.deepEqual(call('table.maxn', sparse), [10]);
    assert.deepEqual(call('table.foreach', tableOf({ a: 1, b: 2 }), (key, value) => (value === 2 ? key : undefined)), ['b']);
    assert.deepEqual(call('table.foreachi', listOf('x', 'y'), (at, value) => (value === 'y' ? at : undefined)), [2]);
    assert.equal(errorOf(() => call('table.setn')), 'table.setn is obsolete');
  });

  test('lists come out as from fengari', () => {
    const list = fc.array(fc.oneof(fc.integer(), fc.string({ unit: fc.constantFrom('a', 'b', 'c') })), { maxLength: 6 });
    const position = fc.integer({ min: -2, max: 8 });
    fc.assert(
      fc.property(list, position, position, position, (values, a, b, c) => {
        agree('table.insert', values, 'new');
        agree('table.insert', values, a, 'new');
        agree('table.remove', values);
        agree('table.remove', values, a);
        agree('table.concat', values, ',', a, b);
        agree('table.unpack', values, a, b);
        agree('table.move', values, a, b, Math.max(c, 1));
        agree('table.sort', values.filter((value) => typeof value === 'number'));
      }),
      { numRuns: 500 },
    );
  });
});
