import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pvRows } from '../../../src/script/ksr/pv.ts';
import { callable, stage } from '../route-fixture.ts';

const pv = callable(pvRows);

/** Value, transformations behind it, and what comes out. */
const CASES: readonly (readonly [string | number, string, string | number | null])[] = [
  ['hello', '{s.len}', 5],
  ['42', '{s.int}', 42],
  ['4x', '{s.int}', 0],
  ['abc', '{s.md5}', '900150983cd24fb0d6963f7d28e17f72'],
  ['abc', '{s.sha256}', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['abcdefghij', '{s.substr,0,8}', 'abcdefgh'],
  ['abcdef', '{s.substr,2,0}', 'cdef'],
  ['abcdef', '{s.substr,-2,0}', 'ef'],
  ['abc', '{s.substr,1,9}', 'bc'],
  ['abc', '{s.substr,9,1}', null],
  ['a/b/c', '{s.select,1,/}', 'b'],
  ['a/b/c', '{s.select,-1,/}', 'c'],
  ['a,b,c', '{s.select,0,,}', 'a'],
  ['a/b', '{s.select,5,/}', ''],
  ['0049123', '{s.strip,2}', '49123'],
  ['12345', '{s.striptail,2}', '123'],
  ['ab', '{s.strip,9}', ''],
  ['+49 (30) 1', '{s.numeric}', '49301'],
  ['Az', '{s.encode.hexa}', '417a'],
  ['417a', '{s.decode.hexa}', 'Az'],
  ['Az', '{s.encode.base64}', 'QXo='],
  ['QXo=', '{s.decode.base64}', 'Az'],
  [`a'b"c\\d`, '{s.escape.common}', `a\\'b\\"c\\\\d`],
  [`a\\'b`, '{s.unescape.common}', `a'b`],
  ['a b@c', '{s.escape.user}', 'a%20b%40c'],
  ['a%20b%40c', '{s.unescape.user}', 'a b@c'],
  ['a=b;c', '{s.escape.param}', 'a%3Db%3Bc'],
  ['AbC', '{s.tolower}', 'abc'],
  ['AbC', '{s.toupper}', 'ABC'],
  ['hello', '{s.index,l}', 2],
  ['hello', '{s.rindex,l}', 3],
  ['hello', '{s.index,z}', -1],
  ['a.b.c', '{s.count,.}', 2],
  ['a.b.c', '{s.replace,.,-}', 'a-b-c'],
  ['a$&b', '{s.replace,a,$$&}', '$&$&b'],
  [' a b ', '{s.trim}', 'a b'],
  [' \xc3\xa0 ', '{s.trim}', '\xc3\xa0'],
  ['  a', '{s.ltrim}', 'a'],
  ['a  ', '{s.rtrim}', 'a'],
  ['a-b-c', '{s.rm,-}', 'abc'],
  ['123', '{s.prefixes}', '1,12,123'],
  ['123', '{s.prefixes,2}', '1,12'],
  ['123', '{s.prefixes.quot,2}', `'1','12'`],
  ['abcdef', '{s.fmtlines,4,2}', 'abcd\r\n  ef'],
  ['user@host', '{s.before,@}', 'user'],
  ['user@host', '{s.after,@}', 'host'],
  ['<x>', '{s.unbracket}', 'x'],
  ['"a "b"', '{s.unquote}', 'a "b'],
  ['"a', '{s.unquote}', '"a'],
  ['sip:al%20:pw@h:5070;transport=tcp;lr?a=b', '{uri.user}', 'al%20'],
  ['sip:al:pw@h:5070;transport=tcp;lr?a=b', '{uri.passwd}', 'pw'],
  ['sip:al:pw@h:5070;transport=tcp;lr?a=b', '{uri.host}', 'h'],
  ['sip:al:pw@h:5070;transport=tcp;lr?a=b', '{uri.port}', 5070],
  ['sip:al@h', '{uri.port}', 0],
  ['sip:al:pw@h:5070;transport=tcp;lr?a=b', '{uri.params}', 'transport=tcp;lr'],
  ['sip:al:pw@h:5070;transport=tcp;lr?a=b', '{uri.param,transport}', 'tcp'],
  ['sip:al:pw@h:5070;transport=tcp;lr?a=b', '{uri.transport}', 'tcp'],
  ['sip:al:pw@h:5070;transport=tcp;lr?a=b', '{uri.headers}', 'a=b'],
  ['sips:al@h', '{uri.scheme}', 'sips'],
  ['sip:al@h:5070;x', '{uri.saor}', 'sip:al@h'],
  ['sip:al@h:5070;transport=tcp', '{uri.tosocket}', 'tcp:h:5070'],
  ['no uri', '{uri.user}', null],
  ['a=1;b="x;y";c', '{param.value,b}', 'x;y'],
  ['a=1;b=2', '{param.value,z}', ''],
  ['a=1&b=2', '{param.value,b,&}', '2'],
  ['a=1;b=2', '{param.in,B}', 1],
  ['a=1;b=2', '{param.in,z}', 0],
  ['a=1;b=2', '{param.valueat,1}', '2'],
  ['a=1;b=2', '{param.name,0}', 'a'],
  ['a=1;b=2', '{param.count}', 2],
  ['"Al" <sip:al@h;x=y>;tag=9;q=1', '{tobody.uri}', 'sip:al@h;x=y'],
  ['"Al" <sip:al@h;x=y>;tag=9;q=1', '{tobody.tag}', '9'],
  ['"Al" <sip:al@h;x=y>;tag=9;q=1', '{tobody.user}', 'al'],
  ['"Al" <sip:al@h;x=y>;tag=9;q=1', '{tobody.host}', 'h'],
  ['"Al" <sip:al@h;x=y>;tag=9;q=1', '{tobody.display}', '"Al"'],
  ['"Al" <sip:al@h;x=y>;tag=9;q=1', '{tobody.params}', 'tag=9;q=1'],
  ['<sip:al@h>;x.app.project=p1', '{tobody.params}{param.value,x.app.project}', 'p1'],
  ['"Al" <sip:al@h>', '{nameaddr.name}', 'Al'],
  ['"Al" <sip:al@h>', '{nameaddr.uri}', 'sip:al@h'],
  [`x' OR '1'='1`, '{sql.val}', `'x'' OR ''1''=''1'`],
  ['back\\', '{sql.val}', `'back\\'`],
  [7, '{sql.val}', '7'],
  ['7', '{sql.val.int}', '7'],
  ['7 OR 1', '{sql.val.int}', '0'],
  [`o'brien`, '{sql.val.str}', `'o''brien'`],
  ['a\r\nb\r\nc', '{line.count}', 3],
  ['a\r\nb\r\nc', '{line.at,1}', 'b'],
  ['a\r\nb\r\nc', '{line.at,-1}', 'c'],
  ['m=a\r\nc=b', '{line.sw,c=}', 'c=b'],
  ['m=a\r\nc=b', '{line.in,=a}', 'm=a'],
  ['+4930', '{re.subst,/^\\+([0-9]+)$/00\\1/}', '004930'],
  ['aXbx', '{re.subst,/x/-/gi}', 'a-b-'],
  ['none', '{re.subst,/x/-/}', 'none'],
];

describe('transformations', () => {
  for (const [value, written, expected] of CASES) {
    test(`${JSON.stringify(value)} ${written} gives ${JSON.stringify(expected)}`, () => {
      const route = stage().route();
      pv(route, typeof value === 'number' ? 'seti' : 'sets', '$var(x)', value);
      assert.equal(pv(route, 'get', `$(var(x)${written})`), expected);
    });
  }

  test('null goes through, only SQL takes it', () => {
    const route = stage().route();
    assert.equal(pv(route, 'get', '$(du{s.len})'), null);
    assert.equal(pv(route, 'get', '$(du{sql.val})'), 'NULL');
  });
  test('a parameter may be a variable', () => {
    const route = stage().route();
    pv(route, 'sets', '$var(x)', 'abcdef');
    pv(route, 'seti', '$var(from)', 2);
    assert.equal(pv(route, 'get', '$(var(x){s.substr,$var(from),2})'), 'cd');
  });
  test('an index may be a variable', () => {
    const route = stage().route();
    pv(route, 'sets', '$avp(x)', 'old');
    pv(route, 'sets', '$avp(x)', 'new');
    pv(route, 'seti', '$var(i)', 1);
    assert.equal(pv(route, 'get', '$(avp(x)[$var(i)])'), 'old');
  });
  test('names of objects are no transformations', () => {
    for (const name of ['constructor', '__proto__', 'toString']) assert.equal(pv(stage().route(), 'get', `$(ru{${name}})`), null);
    for (const name of ['constructor', '__proto__']) assert.equal(pv(stage().route(), 'get', `$${name}`), null);
    assert.equal(pv(stage().route(), 'get', '$T(constructor)'), null);
  });
});
