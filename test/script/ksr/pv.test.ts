import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pvRows } from '../../../src/script/ksr/pv.ts';
import { callable, request, stage } from '../route-fixture.ts';

const pv = callable(pvRows);

describe('KSR.pv', () => {
  for (const name of ['x $ru', 'ru', '$', '$(ru', '$nope', '$ru ', '$(ru{s.nope})', '$sht(table)', '', '$hdr(a', '$(ru{s.substr})']) {
    test(`${JSON.stringify(name)} is no pseudo-variable: null and a line in the log`, () => {
      const scene = stage();
      const route = scene.route();
      assert.equal(pv(route, 'get', name), null);
      assert.equal(scene.logger.errors.length, 1);
      assert.equal(pv(route, 'is_null', name), true);
      assert.equal(pv(route, 'sets', name, 'x'), false);
      assert.equal(pv(route, 'geti', name), 0);
    });
  }

  test('get gives nil, gete "", getw "<null>", getvs and getvn their default for null', () => {
    const route = stage().route();
    assert.equal(pv(route, 'get', '$du'), null);
    assert.equal(pv(route, 'gete', '$du'), '');
    assert.equal(pv(route, 'getw', '$du'), '<null>');
    assert.equal(pv(route, 'getvs', '$du', 'none'), 'none');
    assert.equal(pv(route, 'getvn', '$du', 7), 7);
  });
  test('gete, getw and getvs still give a number when the variable is one', () => {
    const route = stage().route();
    for (const name of ['gete', 'getw']) assert.equal(pv(route, name, '$sp'), 5062);
    assert.equal(pv(route, 'getvs', '$sp', 'x'), 5062);
  });
  test('geti reads texts as signed decimals, anything else as 0', () => {
    const route = stage().route();
    const integers = ['12', '-3', 'x1', '1x', ''].map((text) => {
      pv(route, 'sets', '$var(n)', text);
      return pv(route, 'geti', '$var(n)');
    });
    assert.deepEqual(integers, [12, -3, 0, 0, 0]);
    assert.equal(pv(route, 'getl', '$sp'), 5062);
  });
  test('writing a read-only variable changes nothing and gives true', () => {
    const route = stage().route();
    assert.equal(pv(route, 'sets', '$si', '1.2.3.4'), true);
    assert.equal(pv(route, 'get', '$si'), '192.0.2.10');
  });
  test('what a script makes up as names does not grow the memory for ever', () => {
    const route = stage().route(request({ headers: 'X-9999: yes\r\n' }));
    for (let n = 0; n < 10_000; n += 1) pv(route, 'get', `$hdr(X-${n})`);
    assert.equal(pv(route, 'get', '$hdr(X-9999)'), 'yes');
  });
});

describe('$var, $vn, $shv', () => {
  test('$var reads as 0 before it is set, is never null, and unset makes it 0', () => {
    const route = stage().route();
    assert.equal(pv(route, 'get', '$var(a)'), 0);
    assert.equal(pv(route, 'is_null', '$var(a)'), false);
    pv(route, 'sets', '$var(a)', 'x');
    assert.equal(pv(route, 'get', '$var(a)'), 'x');
    pv(route, 'unset', '$var(a)');
    assert.equal(pv(route, 'get', '$var(a)'), 0);
  });
  test('$var survives to the next message of the node', () => {
    const scene = stage();
    pv(scene.route(), 'seti', '$var(a)', 5);
    assert.equal(pv(scene.route(), 'get', '$var(a)'), 5);
    assert.equal(pv(stage().route(), 'get', '$var(a)'), 0);
  });
  test('$vn is the nullable one, $shv starts as 0', () => {
    const route = stage().route();
    assert.equal(pv(route, 'get', '$vn(a)'), null);
    assert.equal(pv(route, 'get', '$shv(a)'), 0);
    pv(route, 'sets', '$vn(a)', 'x');
    assert.equal(pv(route, 'is_null', '$vn(a)'), false);
  });
  test('a name may itself hold a variable', () => {
    const route = stage().route();
    pv(route, 'sets', '$var(call-1@example.com)', 'mine');
    assert.equal(pv(route, 'get', '$var($ci)'), 'mine');
  });
});

describe('$avp', () => {
  test('each set pushes, get reads the newest, unset removes the newest', () => {
    const route = stage().route();
    pv(route, 'sets', '$avp(a)', 'old');
    pv(route, 'seti', '$avp(a)', 2);
    assert.equal(pv(route, 'get', '$avp(a)'), 2);
    assert.equal(pv(route, 'get', '$(avp(a)[1])'), 'old');
    assert.equal(pv(route, 'get', '$(avp(a)[-1])'), 'old');
    pv(route, 'unset', '$avp(a)');
    assert.equal(pv(route, 'get', '$avp(a)'), 'old');
    pv(route, 'unset', '$avp(a)');
    assert.equal(pv(route, 'get', '$avp(a)'), null);
  });
  test('a set at [*] replaces all', () => {
    const route = stage().route();
    pv(route, 'sets', '$avp(a)', '1');
    pv(route, 'sets', '$avp(a)', '2');
    pv(route, 'sets', '$(avp(a)[*])', '3');
    assert.equal(pv(route, 'get', '$avp(s:a)'), '3');
    assert.equal(pv(route, 'get', '$(avp(a)[1])'), null);
  });
});

describe('$xavp', () => {
  test('children live below a root that is made for them', () => {
    const route = stage().route();
    pv(route, 'sets', '$xavp(ra=>a)', 'one');
    pv(route, 'sets', '$xavp(ra=>a)', 'two');
    pv(route, 'seti', '$xavp(ra=>b)', 3);
    assert.equal(pv(route, 'get', '$xavp(ra=>a)'), 'two');
    assert.equal(pv(route, 'get', '$xavp(ra[0]=>a[1])'), 'one');
    assert.equal(pv(route, 'get', '$xavp(ra=>b)'), 3);
    pv(route, 'sets', '$xavp(ra=>a[0])', 'new');
    assert.equal(pv(route, 'get', '$xavp(ra=>a)'), 'new');
    assert.equal(pv(route, 'get', '$xavp(ra=>a[1])'), 'one');
    pv(route, 'unset', '$xavp(ra)');
    assert.equal(pv(route, 'get', '$xavp(ra=>b)'), null);
  });
  test('what is missing is null, and a plain value has no children', () => {
    const route = stage().route();
    assert.equal(pv(route, 'get', '$xavp(none=>x)'), null);
    pv(route, 'sets', '$xavp(plain)', 'v');
    assert.equal(pv(route, 'get', '$xavp(plain)'), 'v');
    assert.equal(pv(route, 'get', '$xavp(plain=>x)'), null);
  });
});
