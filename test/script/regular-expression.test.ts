import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findsIn, MAX_SUBJECT, regularExpression } from '../../src/script/regular-expression.ts';
import { substitute, substitution } from '../../src/script/substitution.ts';

describe('regular expressions of scripts', () => {
  test('named classes and word borders of POSIX are understood', () => {
    assert.equal(findsIn('^[[:alpha:]_][[:alnum:]]+$', '', 'a1b'), true);
    assert.equal(findsIn('^[^[:space:]]+$', '', 'a b'), false);
    assert.equal(findsIn('\\<bob\\>', '', 'to bob now'), true);
    assert.equal(findsIn('\\<bob\\>', '', 'bobby'), false);
  });
  test('one text is compiled once', () => assert.equal(regularExpression('^a+$', 'i'), regularExpression('^a+$', 'i')));
  test('broken ones, repeated repetitions and texts beyond the bound find nothing', () => {
    for (const source of ['(', '[z-a]', '(a*)*', '(a|b', '(?:\\d+){1,}']) assert.equal(regularExpression(source, ''), undefined, source);
    assert.equal(findsIn('a', '', 'a'.repeat(MAX_SUBJECT + 1)), false);
  });
  test('an ordinary repetition of groups is let through', () => {
    for (const source of ['(ab)+', '([0-9]+\\.)+', '(a|b)*', '(;[a-z]+=[a-z]+)*']) assert.notEqual(regularExpression(source, ''), undefined, source);
  });
});

describe('substitutions of scripts', () => {
  const apply = (how: string, text: string) => substitute(text, substitution(how)!);

  test('the first match alone, or all with g; groups, \\0 and escapes in the replacement', () => {
    assert.equal(apply('/b/x/', 'abb'), 'axb');
    assert.equal(apply('/b/x/g', 'abb'), 'axx');
    assert.equal(apply('/(a)(b)/\\2\\1[\\0]/', 'ab'), 'ba[ab]');
    assert.equal(apply('/a/\\\\$&\\t/', 'a'), '\\$&\t');
    assert.equal(apply('/x*/-/g', 'axa'), '-a--a-');
  });
  test('any character delimits, and stands for itself behind a backslash', () => {
    assert.equal(apply('#/#|#', 'a/b'), 'a|b');
    assert.equal(apply('/a\\/b/c/', 'a/b'), 'c');
  });
  test('the same substitution starts at the front each time', () => {
    for (let round = 0; round < 3; round += 1) assert.equal(apply('/a/b/', 'xa'), 'xb');
  });
  test('without a match there is no result', () => assert.equal(apply('/z/y/', 'abc'), undefined));
  test('what is no substitution is refused', () => {
    for (const text of ['', 'a', '/a/b', '/a/b/x', '//b/', '/a/b/g/', 'xaxbx', '/(/b/']) assert.equal(substitution(text), undefined, text);
  });
});
