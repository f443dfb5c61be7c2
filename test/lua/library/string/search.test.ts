import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';

import { OutOfInstructions } from '../../../../src/lua/runtime/lua-error.ts';
import { agree, errorOf, listOf, opened, tableOf } from '../library-stage.ts';

const { call, runtime } = opened();

describe('patterns', () => {
  const cases: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['friendly-scanner', 'friendly%-scanner', [1, 16]],
    ['sip:alice@example.com', '^sip:([^@]+)@(.+)$', [1, 21, 'alice', 'example.com']],
    ['key = value', '(%w+)%s*=%s*(%w+)', [1, 11, 'key', 'value']],
    ['THE (quick) fox', '%((%a+)%)', [5, 11, 'quick']],
    ['a.b', '.', [1, 1]],
    ['a.b', '%.', [2, 2]],
    ['aaa', 'a-', [1, 0]],
    ['aaab', 'a-b', [1, 4]],
    ['aaa', 'a*', [1, 3]],
    ['baa', 'a+', [2, 3]],
    ['color', 'colou?r', [1, 5]],
    ['f(a(b)c)d', '%b()', [2, 8]],
    ['f(a(b', '%b()', [undefined]],
    ['THE (quick) fox', '%f[%a]%a+%f[%A]', [1, 3]],
    ['hello', '()ll()', [3, 4, 3, 5]],
    ['abcabc', '(abc)%1', [1, 6, 'abc']],
    ['"it\'s"', '(["\'])(.-)%1', [1, 6, '"', "it's"]],
    ['x]y', '[]]', [2, 2]],
    ['x-y', '[a-]', [2, 2]],
    ['x^y', '[y^]', [2, 2]],
    ['ab1', '[^%a]', [3, 3]],
    ['a$', '$', [3, 2]],
    ['a$b', 'a$b', [1, 3]],
    ['a^b', 'a^', [1, 2]],
    ['a\0b', '%z', [2, 2]],
    ['\xe4\xff', '%W', [1, 1]],
    ['', '', [1, 0]],
    ['abc', '%', []],
  ];
  for (const [subject, pattern, expected] of cases) {
    if (expected.length === 0) continue;
    test(`find(${JSON.stringify(subject)}, ${JSON.stringify(pattern)})`, () => {
      assert.deepEqual(call('string.find', subject, pattern), expected);
    });
  }

  test('find begins at init, and takes the pattern as it is when told so', () => {
    assert.deepEqual(call('string.find', 'banana', 'a', 3), [4, 4]);
    assert.deepEqual(call('string.find', 'banana', 'a', -1), [6, 6]);
    assert.deepEqual(call('string.find', 'a.b', '.', 2, true), [2, 2]);
    assert.deepEqual(call('string.find', 'abc', 'b', 10), [undefined]);
    assert.deepEqual(call('string.find', 'abc', '', 4), [4, 3]);
  });

  test('match gives the captures, or the whole match', () => {
    assert.deepEqual(call('string.match', 'v=0 o=x', '(%a)=(%w)'), ['v', '0']);
    assert.deepEqual(call('string.match', 'number 42', '%d+'), ['42']);
    assert.deepEqual(call('string.match', 'abc', '%d'), [undefined]);
  });

  test('gmatch goes from match to match, over empty ones too', () => {
    const matches = (subject: string, pattern: string): unknown[] => {
      const [iterate] = call('string.gmatch', subject, pattern);
      const found: unknown[] = [];
      for (;;) {
        const value = (iterate as () => unknown)();
        if (value === undefined) return found;
        found.push(value);
      }
    };
    assert.deepEqual(matches('one two', '%a+'), ['one', 'two']);
    assert.deepEqual(matches('a=1, b=2', '(%w+)=(%w+)'), [['a', '1'], ['b', '2']]);
    assert.deepEqual(matches('abc', '%a*'), ['abc']);
    assert.deepEqual(matches('ab', '()'), [1, 2, 3]);
    assert.deepEqual(matches('^a^a', '^a'), ['^a', '^a']);
  });

  test('gsub replaces by text, table and function', () => {
    assert.deepEqual(call('string.gsub', 'hello world', '(%w+)', '%1 %1'), ['hello hello world world', 2]);
    assert.deepEqual(call('string.gsub', 'hello world', '%w+', '%0 %0', 1), ['hello hello world', 1]);
    assert.deepEqual(call('string.gsub', 'hello', '', '-'), ['-h-e-l-l-o-', 6]);
    assert.deepEqual(call('string.gsub', 'abc', '%w', '%%%0'), ['%a%b%c', 3]);
    assert.deepEqual(call('string.gsub', 'aaa', '^a', 'b'), ['baa', 1]);
    assert.deepEqual(call('string.gsub', '$name is $age', '%$(%w+)', tableOf({ name: 'Bob', age: 7 })), ['Bob is 7', 2]);
    assert.deepEqual(call('string.gsub', 'a b', '%w', (letter) => (letter === 'a' ? false : 'x')), ['a x', 2]);
    assert.deepEqual(call('string.gsub', 'abc', 'b*', 'x'), ['xaxcx', 3]);
  });

  test('a function that gsub calls may itself search', () => {
    const [text] = call('string.gsub', 'a=1;b=2', '(%w)=(%w)', (key, value) => [call('string.find', 'zzab', String(key))[0], value]);
    assert.equal(text, '3;4');
  });

  test('errors have Lua’s texts, and come when the match gets there', () => {
    for (const [subject, pattern, text] of [
      ['a', '[a', "malformed pattern (missing ']')"],
      ['a', '[]', "malformed pattern (missing ']')"],
      ['a', 'a%', "malformed pattern (ends with '%')"],
      ['a', '%f', "missing '[' after '%f' in pattern"],
      ['a', '%b', "malformed pattern (missing arguments to '%b')"],
      ['a', '%bx', "malformed pattern (missing arguments to '%b')"],
      ['a', '(a', 'unfinished capture'],
      ['a', 'a)', 'invalid pattern capture'],
      ['a', '%1', 'invalid capture index %1'],
      ['a', '(%1)', 'invalid capture index %1'],
      ['a', '%0', 'invalid capture index %0'],
      ['a', '()'.repeat(33), 'too many captures'],
      ['a'.repeat(300), 'a?'.repeat(300), 'pattern too complex'],
    ] as const) {
      assert.equal(errorOf(() => call('string.match', subject, pattern)), text, pattern);
    }
    assert.deepEqual(call('string.find', 'b', 'a%'), [undefined]);
    assert.equal(errorOf(() => call('string.gsub', 'a', 'a', '%2')), 'invalid capture index %2');
    assert.equal(errorOf(() => call('string.gsub', 'a', 'a', '%x')), "invalid use of '%' in replacement string");
    assert.equal(errorOf(() => call('string.gsub', 'a', 'a', true)), "bad argument #3 to 'gsub' (string/function/table expected)");
    assert.equal(errorOf(() => call('string.gsub', 'a', 'a', () => listOf())), 'invalid replacement value (a table)');
    assert.equal(errorOf(() => call('string.find')), "bad argument #1 to 'find' (string expected, got no value)");
    assert.equal(errorOf(() => call('string.find', 'a', undefined)), "bad argument #2 to 'find' (string expected, got nil)");
  });

  test('a pattern that goes wild is ended by the instruction limit', () => {
    const own = opened();
    own.runtime.fuel = 100_000;
    assert.throws(() => own.call('string.find', 'a'.repeat(2_000), `${'.-'.repeat(8)}b`), OutOfInstructions);
    assert.ok(runtime.fuel > 0);
  });
});

describe('the same as fengari', () => {
  const piece = fc.constantFrom(
    'a', 'b', '.', '%a', '%d', '%s', '%w', '%W', '[ab]', '[^b]', '[a-c]', '[%d_]', '(', ')', '()', '%1', '%b()', '%f[%a]',
    '*', '+', '-', '?', '^', '$', '%', '%.', '[', ']', '%-', '%2', ' ', '1', '_',
  );
  const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const subject = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '(', ')', '.', '-', '_', '\xe4', '\0'), maxLength: 14 });

  test('find, match, gsub find the same and fail the same', () => {
    fc.assert(
      fc.property(subject, pattern, fc.integer({ min: -5, max: 8 }), (text, written, init) => {
        agree('string.find', text, written, init);
        agree('string.match', text, written);
        agree('string.gsub', text, written, '<%0>');
        agree('string.gsub', text, written, '%1', 2);
      }),
      { numRuns: 2_000 },
    );
  });
});
