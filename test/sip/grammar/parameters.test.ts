import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findParameter, walkParameters } from '../../../src/sip/grammar/parameters.ts';

/** Names with values, and where the walk stopped. */
function walk(text: string): { found: string[]; stop: number } {
  const found: string[] = [];
  const stop = walkParameters(text, 0, text.length, (nameStart, nameEnd, valueStart, valueEnd) => {
    found.push(text.slice(nameStart, nameEnd) + (valueStart < 0 ? '' : `=${text.slice(valueStart, valueEnd)}`));
  });
  return { found, stop };
}

describe('§25.1 generic-param', () => {
  test('token, token=token, token=host, token=quoted-string', () => {
    assert.deepEqual(walk(';lr;q=0.5;received=[2001:db8::1];note="a;b=\\"c\\""').found, ['lr', 'q=0.5', 'received=[2001:db8::1]', 'note="a;b=\\"c\\""']);
  });

  test('blanks and folds round separators', () => {
    assert.deepEqual(walk(' ;\t a  =\r\n b ; c').found, ['a=b', 'c']);
  });

  test('it stops at a comma, behind blanks too', () => {
    assert.deepEqual(walk(';a=1 ,;b'), { found: ['a=1'], stop: 5 });
    assert.deepEqual(walk(''), { found: [], stop: 0 });
  });

  for (const text of [';', ';;a', ';=1', ';a=', ';a= ', ';a="', ';a="\\"', ';a b', ';a=1 b', 'a', ';a=1"x"', ';a=(']) {
    test(`a syntax error: ${text}`, () => assert.equal(walk(text).stop, -1));
  }
});

describe('findParameter', () => {
  test('names in any case; the first of two', () => {
    assert.equal(findParameter(';TAG=a;tag=b', 'tag'), 'a');
    assert.equal(findParameter('  ;x = "q" ;y', 'x'), '"q"');
    assert.equal(findParameter(';x;y', 'y'), '');
    assert.equal(findParameter(';xy', 'x'), undefined);
    assert.equal(findParameter('', 'x'), undefined);
  });

  test('nothing behind a syntax error is found', () => assert.equal(findParameter(';a=;tag=1', 'tag'), undefined));
});
