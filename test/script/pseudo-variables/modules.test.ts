import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pvRows } from '../../../src/script/ksr/pv.ts';
import { HashTables } from '../../../src/script/modules/hash-tables.ts';
import { TableIterator } from '../../../src/script/modules/table-iterator.ts';
import { VirtualClock } from '../../../src/testing/clock.ts';
import { callable, stage } from '../route-fixture.ts';

const pv = callable(pvRows);

const tables = () => new HashTables({ t: { autoexpireS: 0, maxEntries: 2 }, counted: { autoexpireS: 0, initval: '0', maxEntries: 2 } }, new VirtualClock());

describe('$sht', () => {
  test('reads and writes texts and numbers; unset takes the entry away', () => {
    const route = stage({ tables: tables() }).route();
    assert.equal(pv(route, 'get', '$sht(t=>a)'), null);
    assert.equal(pv(route, 'sets', '$sht(t=>a)', 'x'), true);
    assert.equal(pv(route, 'seti', '$sht(t=>b)', 3), true);
    assert.deepEqual([pv(route, 'get', '$sht(t=>a)'), pv(route, 'get', '$sht(t=>b)')], ['x', 3]);
    pv(route, 'unset', '$sht(t=>a)');
    assert.equal(pv(route, 'is_null', '$sht(t=>a)'), true);
    assert.equal(pv(route, 'get', '$sht(counted=>new)'), 0);
  });
  test('a key may be a variable', () => {
    const route = stage({ tables: tables() }).route();
    pv(route, 'sets', '$sht(t=>$si)', 'banned');
    assert.equal(pv(route, 'get', '$sht(t=>192.0.2.10)'), 'banned');
    assert.equal(pv(route, 'get', '$(sht(t=>$si){s.len})'), 6);
  });
  test('an unknown table is null, and a full one refuses', () => {
    const route = stage({ tables: tables() }).route();
    assert.equal(pv(route, 'get', '$sht(none=>a)'), null);
    assert.equal(pv(route, 'sets', '$sht(none=>a)', 'x'), false);
    for (const key of ['a', 'b']) assert.equal(pv(route, 'sets', `$sht(t=>${key})`, 'x'), true);
    assert.equal(pv(route, 'sets', '$sht(t=>c)', 'x'), false);
  });
  test('$shtitkey and $shtitval read the current entry of an iterator', () => {
    const all = tables();
    const route = stage({ tables: all }).route();
    pv(route, 'sets', '$sht(t=>a)', 'x');
    const iterator = new TableIterator(all.get('t')!);
    route.locals.iterators.set('i1', iterator);
    assert.equal(pv(route, 'get', '$shtitkey(i1)'), null);
    iterator.next();
    assert.deepEqual([pv(route, 'get', '$shtitkey(i1)'), pv(route, 'get', '$shtitval(i1)'), pv(route, 'get', '$shtitkey(i2)')], ['a', 'x', null]);
  });
});

describe('$mqk, $mqv', () => {
  test('read the item that was fetched; an empty key is null', () => {
    const route = stage().route();
    assert.deepEqual([pv(route, 'get', '$mqk(q)'), pv(route, 'get', '$mqv(q)')], [null, null]);
    route.locals.fetched.set('q', { key: '', value: 'v' });
    assert.deepEqual([pv(route, 'get', '$mqk(q)'), pv(route, 'get', '$mqv(q)')], [null, 'v']);
  });
});

describe('$dbr', () => {
  test('rows, cols, cells and names of a result; null outside of it', () => {
    const route = stage().route();
    route.locals.sqlResults.set('r', { columns: ['id', 'name'], rows: [[1, 'x'], [2, null]], rowCount: 2 });
    const values = ['rows', 'cols', '[0,0]', '[0, 1]', '[1,1]', '[2,0]', '[0,2]', 'colname[1]', 'colname[2]', 'nonsense'].map((key) => pv(route, 'get', `$dbr(r=>${key})`));
    assert.deepEqual(values, [2, 2, 1, 'x', null, null, null, 'name', null, null]);
    assert.equal(pv(route, 'get', '$dbr(none=>rows)'), null);
    pv(route, 'seti', '$var(i)', 0);
    assert.equal(pv(route, 'get', '$dbr(r=>[$var(i),1])'), 'x');
  });
});
