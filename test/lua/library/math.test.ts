import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';

import { RandomNumbers } from '../../../src/lua/library/random.ts';
import { agree, errorOf, listOf, opened } from './library-stage.ts';

const { call } = opened();

describe('math', () => {
  const cases: readonly (readonly [string, readonly (number | string)[], readonly unknown[]])[] = [
    ['abs', [-3], [3]],
    ['ceil', [-0.5], [0]],
    ['floor', [-3.5], [-4]],
    ['floor', ['3.7'], [3]],
    ['fmod', [-7, 3], [-1]],
    ['mod', [7, -3], [1]],
    ['modf', [-3.5], [-3, -0.5]],
    ['modf', [Infinity], [Infinity, 0]],
    ['max', [1, 2.5, -1], [2.5]],
    ['min', [3, 1, 2], [1]],
    ['log', [8, 2], [3]],
    ['log', [100, 10], [2]],
    ['log10', [1000], [3]],
    ['pow', [2, 10], [1024]],
    ['ldexp', [0.5, 4], [8]],
    ['frexp', [8], [0.5, 4]],
    ['frexp', [5e-324], [0.5, -1073]],
    ['frexp', [Number.MAX_VALUE], [1 - 2 ** -53, 1024]],
    ['ult', [1, -1], [true]],
    ['ult', [-2, -1], [true]],
    ['tointeger', [3], [3]],
    ['tointeger', ['8'], [8]],
    ['tointeger', [3.5], [undefined]],
    ['type', [3], ['integer']],
    ['type', [3.5], ['float']],
    ['type', [2 ** 53], ['float']],
    ['type', ['3'], [undefined]],
    ['deg', [Math.PI], [180]],
    ['atan', [1, -1], [Math.atan2(1, -1)]],
  ];
  for (const [name, args, expected] of cases) {
    test(`${name}(${args.join(', ')})`, () => assert.deepEqual(call(`math.${name}`, ...args), expected));
  }

  test('integers end where a double stops counting', () => {
    const { runtime } = opened();
    const math = runtime.globals.get('math') as { get(key: string): unknown };
    assert.equal(math.get('maxinteger'), 2 ** 53 - 1);
    assert.equal(math.get('mininteger'), -(2 ** 53 - 1));
  });

  test('random numbers are in their range, and the same after the same seed', () => {
    const draw = () => [call('math.random')[0], call('math.random', 6)[0], call('math.random', -2, 2)[0]] as number[];
    for (let round = 0; round < 1_000; round += 1) {
      const [unit, die, around] = draw() as [number, number, number];
      assert.ok(unit >= 0 && unit < 1 && die >= 1 && die <= 6 && Number.isInteger(die) && around >= -2 && around <= 2);
    }
    call('math.randomseed', 42);
    const once = draw();
    call('math.randomseed', 42);
    assert.deepEqual(draw(), once);
    call('math.randomseed', 43);
    assert.notDeepEqual(draw(), once);
    assert.equal(errorOf(() => call('math.random', 0)), "bad argument #1 to 'random' (interval is empty)");
    assert.equal(errorOf(() => call('math.random', 1, 2, 3)), 'wrong number of arguments');
  });

  test('all values of a die come up about as often', () => {
    const numbers = new RandomNumbers(1);
    const counts = new Array<number>(6).fill(0);
    for (let round = 0; round < 60_000; round += 1) counts[Math.floor(numbers.next() * 6)]! += 1;
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, String(counts));
  });

  test('errors name the argument', () => {
    assert.equal(errorOf(() => call('math.floor', listOf())), "bad argument #1 to 'floor' (number expected, got table)");
    assert.equal(errorOf(() => call('math.max')), "bad argument #1 to 'max' (number expected, got no value)");
  });

  test('the same as fengari', () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), fc.integer());
    fc.assert(
      fc.property(number, number, (a, b) => {
        for (const name of ['sin', 'cos', 'exp', 'sqrt', 'deg', 'rad', 'abs']) agree(`math.${name}`, a);
        for (const name of ['max', 'min', 'fmod', 'atan', 'pow']) agree(`math.${name}`, a, b);
      }),
      { numRuns: 300 },
    );
  });
});
