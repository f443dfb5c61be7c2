import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pvRows } from '../../../src/script/ksr/pv.ts';
import { pvxRows } from '../../../src/script/ksr/pvx.ts';
import { callable, stage } from '../route-fixture.ts';

const pvx = callable(pvxRows);
const pv = callable(pvRows);

describe('KSR.pvx', () => {
  test('var and shv take bare names and start as 0', () => {
    const route = stage().route();
    assert.deepEqual([pvx(route, 'var_get', 'a'), pvx(route, 'shv_get', 'a')], [0, 0]);
    assert.deepEqual([pvx(route, 'var_sets', 'a', 'x'), pvx(route, 'var_seti', 'b', 2)], [1, 1]);
    assert.deepEqual([pv(route, 'get', '$var(a)'), pvx(route, 'var_get', 'b')], ['x', 2]);
    assert.deepEqual([pvx(route, 'shvinc_get', 'n'), pvx(route, 'shvinc_get', 'n')], [1, 2]);
  });
  test('avp_sets and avp_seti push, avp_rm takes the newest', () => {
    const route = stage().route();
    assert.equal(pvx(route, 'avp_is_null', 'a'), 1);
    pvx(route, 'avp_sets', 'a', 'old');
    pvx(route, 'avp_seti', 'a', 2);
    assert.equal(pvx(route, 'avp_get', 'a'), 2);
    assert.equal(pvx(route, 'avp_is_null', 'a'), -1);
    pvx(route, 'avp_rm', 'a');
    assert.equal(pvx(route, 'avp_get', 'a'), 'old');
    pvx(route, 'avp_rm', 'a');
    assert.deepEqual([pvx(route, 'avp_get', 'a'), pvx(route, 'avp_gete', 'a'), pvx(route, 'avp_getw', 'a')], [null, '', '<null>']);
  });
  test('xavp functions mean number 0', () => {
    const route = stage().route();
    pvx(route, 'xavp_sets', 'r', '1');
    pvx(route, 'xavp_seti', 'r', 2);
    assert.equal(pvx(route, 'xavp_get', 'r'), 2);
    assert.equal(pv(route, 'get', '$xavp(r[1])'), null);
    assert.equal(pvx(route, 'xavp_is_null', 'r'), -1);
    pvx(route, 'xavp_rm', 'r');
    assert.equal(pvx(route, 'xavp_is_null', 'r'), 1);
  });
  test('children: set, get, null, remove', () => {
    const route = stage().route();
    assert.equal(pvx(route, 'xavp_child_sets', 'r', 'c', 'v'), 1);
    assert.equal(pvx(route, 'xavp_child_seti', 'r', 'n', 4), 1);
    assert.deepEqual([pvx(route, 'xavp_child_get', 'r', 'c'), pv(route, 'get', '$xavp(r=>n)')], ['v', 4]);
    assert.deepEqual([pvx(route, 'xavp_child_gete', 'r', 'x'), pvx(route, 'xavp_child_getw', 'r', 'x'), pvx(route, 'xavp_child_is_null', 'r', 'x')], ['', '<null>', 1]);
    assert.equal(pvx(route, 'xavp_child_rm', 'r', 'c'), 1);
    assert.equal(pvx(route, 'xavp_child_is_null', 'r', 'c'), 1);
  });
  test('xavp_getd and xavp_get_keys give tables: each name a list, the newest first', () => {
    const route = stage().route();
    pv(route, 'sets', '$xavp(r=>a)', '1');
    pv(route, 'sets', '$xavp(r=>a)', '2');
    pv(route, 'seti', '$xavp(r=>b)', 3);
    assert.deepEqual(pvx(route, 'xavp_getd_p1', 'r', 0), { a: ['2', '1'], b: [3] });
    assert.deepEqual(pvx(route, 'xavp_getd', 'r'), [{ a: ['2', '1'], b: [3] }]);
    assert.deepEqual(pvx(route, 'xavp_get_keys', 'r', 0), ['a', 'b']);
    assert.deepEqual([pvx(route, 'xavp_getd_p1', 'r', 1), pvx(route, 'xavp_getd', 'x'), pvx(route, 'xavp_get_keys', 'x', 0)], [null, null, null]);
  });
  test('params explode and implode, lists explode', () => {
    const route = stage().route();
    assert.equal(pvx(route, 'xavp_params_explode', 'a=1;b="x";c', 'p'), 1);
    assert.deepEqual(['a', 'b', 'c'].map((name) => pvx(route, 'xavp_child_get', 'p', name)), ['1', 'x', '']);
    assert.equal(pvx(route, 'xavp_params_implode', 'p', '$var(out)'), 1);
    assert.deepEqual(String(pv(route, 'get', '$var(out)')).split(';').sort(), ['', 'a=1', 'b=x', 'c=']);
    assert.equal(pvx(route, 'xavp_slist_explode', 'a, b ,c', ',', 't', 'l'), 1);
    assert.deepEqual([0, 1, 2].map((index) => pv(route, 'get', `$xavp(l[${index}])`)), ['a', 'b', 'c']);
    assert.equal(pvx(route, 'xavp_slist_explode', 'x'.repeat(300).split('').join(','), ',', '', 'l'), -1);
  });
  test('evalx writes an expanded text', () => {
    const route = stage().route();
    assert.equal(pvx(route, 'evalx', '$var(x)', '$rm to $rU'), 1);
    assert.equal(pv(route, 'get', '$var(x)'), 'INVITE to bob');
    assert.equal(pvx(route, 'evalx', '$nope', 'x'), -1);
  });
});
