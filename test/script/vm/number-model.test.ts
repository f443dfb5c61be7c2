import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { onBothEngines } from './stage.ts';

onBothEngines((stage) => {
  describe('numbers are doubles, as in Lua 5.1, and print as integers where they are some', () => {
    const cases: readonly [string, string, string][] = [
      ['a product past 32 bits is exact', '60*60*24*30*1000', '2592000000'],
      ['a time in milliseconds is positive', 'tostring(os.time() * 1000 > 1700000000000)', 'true'],
      ['a hexadecimal literal is not kept to 32 bits', '0xFFFFFFFF', '4294967295'],
      ['a negative hexadecimal numeral keeps its sign', 'tonumber("-0x10")', '-16'],
      ['tonumber gives a double', 'tonumber("2147483647") + 1', '2147483648'],
      ['a whole quotient has no fraction', '"n=" .. 10/2', 'n=5'],
      ['tostring of a whole double has no fraction', 'tostring(3.0)', '3'],
      ['a loop counts without fractions', '(function() local s = "" for i = 1, 3 do s = s .. i end return s end)()', '123'],
      ['a table index is found whatever way it was computed', '({ "a", "b" })[4/2]', 'b'],
      ['string.format("%d") truncates', 'string.format("%d %03d", 3.7, 7)', '3 007'],
      ['string.format("%d") takes more than 32 bits', 'string.format("%d", 1700000000123)', '1700000000123'],
      ['a library function truncates its integer argument', 'string.sub("abcdef", 1, 2.9)', 'ab'],
      ['an absent optional integer has its default', 'string.sub("abc", 2)', 'bc'],
      ['1/0 is inf', '1/0', 'inf'],
    ['an integer is written in full up to 2^53', '2^53 - 1', '9007199254740991'],
    ['beyond, with fourteen digits', '2^53', '9.007199254741e+15'],
    ['a fraction is written with fourteen digits', '1/3', '0.33333333333333'],
    ['a small one with an exponent', '0.00001', '1e-05'],
    ['math.type: what has no fraction is an integer', 'math.type(3) .. math.type(3.0) .. math.type(2^53 - 1)', 'integerintegerinteger'],
    ['math.type: what has one is a float, and what is too large to be exact', 'math.type(0.5) .. math.type(2^53) .. math.type(1/0) .. math.type(0/0)', 'floatfloatfloatfloat'],
    ['math.type of another value is nil', 'tostring(math.type("3"))', 'nil'],
      ['modulo by zero is no error', 'tostring(5 % 0 ~= 5 % 0)', 'true'],
    ];
    for (const [title, expression, expected] of cases) {
      test(title, () => assert.deepEqual(stage('').route(`KSR.test.out(${expression})`).out, [expected]));
    }

    test('an argument that is no number is still an error', () => {
      const { route, logger } = stage('');
      assert.equal(route('return string.sub("abc", {})').failed, true);
      assert.match(logger.errors[0]!.message, /number expected, got table/);
    });
  });
});
