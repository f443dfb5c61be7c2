import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDigit, isHex, isHost, isToken, isUri, isUser } from '../../../src/sip/grammar/characters.ts';
import { equalsIgnoringCase, parseDecimal, skipBlanks, skipQuoted, skipToken, trimEnd, unquote } from '../../../src/sip/grammar/scan.ts';

const members = (is: (code: number) => boolean): string =>
  Array.from({ length: 256 }, (_, code) => code).filter(is).map((code) => String.fromCharCode(code)).join('');

describe('§25.1 character classes', () => {
  const ALPHANUM = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const sorted = (text: string): string => [...text].sort().join('');

  test('token', () => assert.equal(sorted(members(isToken)), sorted(`${ALPHANUM}-.!%*_+\`'~`)));
  test('digits', () => assert.equal(members(isDigit), '0123456789'));
  test('hexadecimal digits', () => assert.equal(sorted(members(isHex)), '0123456789ABCDEFabcdef'));
  test('host names, and the underscore of container names', () => assert.equal(sorted(members(isHost)), sorted(`${ALPHANUM}-._`)));
  test('user parts, and the # that phones dial', () => assert.equal(sorted(members(isUser)), sorted(`${ALPHANUM}-_.!~*'()&=+$,;?/%:#`)));
  test('URIs', () => assert.equal(sorted(members(isUri)), sorted(`${ALPHANUM}-_.!~*'();/?:@&=+$,%[]#`)));
  test('nothing beyond one byte', () => assert.equal(isToken(0x141) || isUri(0x141) || isToken(Number.NaN), false));
});

describe('steps', () => {
  test('blanks are SP, HTAB and the CR LF of folds', () => {
    assert.equal(skipBlanks(' \t\r\n x', 0, 6), 5);
    assert.equal(skipBlanks('   ', 0, 2), 2);
    assert.equal(trimEnd('x \t\r\n ', 0, 6), 1);
    assert.equal(trimEnd('   ', 1, 3), 1);
  });

  test('skipToken stops at the end it is given', () => assert.equal(skipToken('abcdef', 1, 3), 3));

  test('quoted strings end at the first quote that is not escaped', () => {
    assert.equal(skipQuoted('"a\\"b"c', 0, 7), 6);
    assert.equal(skipQuoted('"a\\\\"b', 0, 6), 5);
    for (const text of ['"', '"a', '"a\\"', '"a\\']) assert.equal(skipQuoted(text, 0, text.length), -1, text);
  });

  test('unquote takes quotes and escapes off', () => {
    assert.deepEqual(['"a"', '"a\\"b\\\\"', 'plain', '"', ''].map(unquote), ['a', 'a"b\\', 'plain', '"', '']);
  });

  test('parseDecimal: digits only, no overflow', () => {
    assert.equal(parseDecimal('0068', 0, 4, 255), 68);
    for (const text of ['', '-1', '+1', '1e3', '0x1', '256', ' 1', '9'.repeat(400)]) assert.equal(parseDecimal(text, 0, text.length, 255), -1, text.slice(0, 5));
  });

  test('equalsIgnoringCase folds letters only', () => {
    assert.equal(equalsIgnoringCase('xTAGx', 1, 4, 'tag'), true);
    assert.equal(equalsIgnoringCase('@[', 0, 2, '`{'), false);
    assert.equal(equalsIgnoringCase('ta', 0, 2, 'tag'), false);
  });
});
