import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseNameAddr, parseNameAddrList, type NameAddr } from '../../../src/sip/headers/name-addr.ts';

const parse = (text: string): NameAddr | undefined => parseNameAddr(text, 0, text.length);

function parts(text: string) {
  const { displayName, uriText, params, tag, bracketed } = parse(text)!;
  return { displayName, uriText, params, tag, bracketed };
}

describe('§20.10, §25.1 name-addr and addr-spec', () => {
  for (const [text, expected] of [
    ['<sip:a@x>', { displayName: '', uriText: 'sip:a@x', params: '', tag: undefined, bracketed: true }],
    ['"Mr. Watson" <sip:w@x;p=1>;q=0.7;tag=t1', { displayName: 'Mr. Watson', uriText: 'sip:w@x;p=1', params: ';q=0.7;tag=t1', tag: 't1', bracketed: true }],
    ['Two Tokens  <sip:a@x>', { displayName: 'Two Tokens', uriText: 'sip:a@x', params: '', tag: undefined, bracketed: true }],
    ['caller<sip:a@x>;tag=323', { displayName: 'caller', uriText: 'sip:a@x', params: ';tag=323', tag: '323', bracketed: true }],
    ['sip:a@x;tag=1', { displayName: '', uriText: 'sip:a@x', params: ';tag=1', tag: '1', bracketed: false }],
    ['sip:a@x ;   tag    = 1918181833n', { displayName: '', uriText: 'sip:a@x', params: ';   tag    = 1918181833n', tag: '1918181833n', bracketed: false }],
    ['"J Rosenberg \\\\\\"" <sip:j@x>', { displayName: 'J Rosenberg \\"', uriText: 'sip:j@x', params: '', tag: undefined, bracketed: true }],
    ['"<sip:no@x>, ;tag=no" <sip:a@x>', { displayName: '<sip:no@x>, ;tag=no', uriText: 'sip:a@x', params: '', tag: undefined, bracketed: true }],
    ['""<sip:a@x>', { displayName: '', uriText: 'sip:a@x', params: '', tag: undefined, bracketed: true }],
    ['<sip:a@x>;tag', { displayName: '', uriText: 'sip:a@x', params: ';tag', tag: '', bracketed: true }],
    ['<sip:a@x>;TAG=Big', { displayName: '', uriText: 'sip:a@x', params: ';TAG=Big', tag: 'Big', bracketed: true }],
    ['<sip:a@x>;x="\\";tag=no";tag=yes', { displayName: '', uriText: 'sip:a@x', params: ';x="\\";tag=no";tag=yes', tag: 'yes', bracketed: true }],
    ['<http://www.example.com/?a=b>;tag=1', { displayName: '', uriText: 'http://www.example.com/?a=b', params: ';tag=1', tag: '1', bracketed: true }],
  ] as const) {
    test(text, () => assert.deepEqual(parts(text), expected));
  }

  test('of two tags the first counts', () => assert.equal(parse('<sip:a@x>;tag=1;tag=2')?.tag, '1'));

  test('param gives the value, an empty text without one, undefined without the parameter', () => {
    const address = parse('<sip:a@x>;q=0.5;lr;Expires="60"')!;
    assert.deepEqual(['q', 'lr', 'expires', 'x'].map((name) => address.param(name)), ['0.5', '', '"60"', undefined]);
  });

  for (const text of [
    '', ' ', '<>', '<sip:a@x', 'sip:a@x>', '"Mr. J. User <sip:j@x>', '"A" sip:a@x', '"A', 'Bell, Alexander', '<sip:a@x>x', '<sip:a@x>tag=1', '<sip:a@x>;', '<sip:a@x>;=1', '<sip:a@x>;a=', '<sip:a@x>;a="', 'sip:a@x?Route=%3Csip:b%3E',
    'a@b "c" <sip:a@x>', 'J. @Home <sip:a@x>', 'sip:"a"@x',
  ]) {
    test(`malformed: ${text}`, () => assert.equal(parse(text)?.end === text.length && parse(text)?.uri !== undefined, false));
  }

  test('a display name of several words that are no tokens must be quoted (RFC 4475 §3.1.2.15)', () => {
    assert.equal(parse('Bell, Alexander <sip:a@x>;tag=43')?.uri, undefined);
    assert.equal(parse('Bell (home) <sip:a@x>'), undefined);
  });

  test('blanks in the brackets: no URI (RFC 4475 §3.1.2.14)', () => assert.equal(parse('"Watson, Thomas" < sip:t.watson@example.org >')?.uri, undefined));
});

describe('§20 lists', () => {
  const list = (text: string): string[] | undefined => {
    const values: NameAddr[] = [];
    return parseNameAddrList(text, 0, text.length, values) ? values.map((value) => value.text) : undefined;
  };

  test('separated by commas with blanks round them', () => assert.deepEqual(list('<sip:a@x>;q=1 ,  sip:b@x,"c, d" <sip:c@x>'), ['<sip:a@x>;q=1', 'sip:b@x', '"c, d" <sip:c@x>']));

  test('without brackets a comma ends the URI', () => assert.deepEqual(list('sip:a@x,sip:b@x'), ['sip:a@x', 'sip:b@x']));

  for (const text of ['', ',', '<sip:a@x>,', '<sip:a@x>,,<sip:b@x>', '<sip:a@x> <sip:b@x>', '<sip:a@x>;x="1,<sip:b@x>']) {
    test(`malformed: ${text}`, () => assert.equal(list(text), undefined));
  }
});
