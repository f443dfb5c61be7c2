import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';

import { agree, errorOf, listOf, opened, tableOf } from '../library-stage.ts';

const { call } = opened();

describe('string.format', () => {
  // What printf of C writes.
  const cases: readonly (readonly [string, readonly (string | number)[], string])[] = [
    ['%d %i %u', [5, -5, 7], '5 -5 7'],
    ['%d', [3.7], '3'],
    ['%05d|%-5d|%+d|% d', [-5, 5, 5, 5], '-0005|5    |+5| 5'],
    ['%.3d|%5.3d|%.0d|%05.3d', [5, 5, 0, 5], '005|  005||  005'],
    ['%x %X %#x %o %#o', [255, 255, 255, 8, 8], 'ff FF 0xff 10 010'],
    ['%x', [-1], 'ffffffffffffffff'],
    ['%c%5c%-3c|', [65, 66, 67], 'A    BC  |'],
    ['%s %5s %-5s| %.2s', ['a', 'b', 'c', 'abc'], 'a     b c    | ab'],
    ['%5.1f|%-8.2f|%08.2f', [2.25, 3.14159, -1.5], '  2.2|3.14    |-0001.50'],
    ['%.0f %.0f %.0f %.2f', [0.5, 1.5, 2.5, 0.125], '0 2 2 0.12'],
    ['%.0e %.1e %e', [2.5, 0.125, 123456789], '2e+00 1.2e-01 1.234568e+08'],
    ['%.0e %.1e', [25, 1.25e30], '2e+01 1.2e+30'],
    ['%f', [1e22], '10000000000000000000000.000000'],
    ['%g %g %g %g %g', [100000, 1e6, 0.0001, 0.00001, 0.5], '100000 1e+06 0.0001 1e-05 0.5'],
    ['%.3g %#.3g %G', [1234, 1, 1e-10], '1.23e+03 1.00 1E-10'],
    ['%a %.1a %A %a', [1.5, 1.999, 10, 5e-324], '0x1.8p+0 0x2.0p+0 0X1.4P+3 0x0.0000000000001p-1022'],
    ['%f %5.1f %e %010f', [Infinity, -Infinity, NaN, Infinity], 'inf  -inf nan        inf'],
    ['%f %g', [-0, -0], '-0.000000 -0'],
    ['%q', ['a\n"\\\0' + '1\r\x7f'], '"a\\\n\\"\\\\\\0001\\13\\127"'],
    ['%q %q', [255, 0.1], '255 0x1.999999999999ap-4'],
    ['100%%', [], '100%'],
    ['%s', [0.1], '0.1'],
  ];
  for (const [format, args, expected] of cases) {
    test(`${JSON.stringify(format)} of ${args.join(', ')}`, () => assert.deepEqual(call('string.format', format, ...args), [expected]));
  }

  test('%s takes what tostring takes', () => {
    assert.deepEqual(call('string.format', '%s %s', undefined, true), ['nil true']);
    const table = tableOf({});
    table.metatable = tableOf({ __tostring: () => 'me' });
    assert.deepEqual(call('string.format', '%4s', table), ['  me']);
  });

  test('errors are those of 5.3, and come when their conversion is reached', () => {
    for (const [args, text] of [
      [['%d'], "bad argument #2 to 'format' (no value)"],
      [['%d', 'x'], "bad argument #2 to 'format' (number expected, got string)"],
      [['%d', 'x', '%y'], "bad argument #2 to 'format' (number expected, got string)"],
      [['%y', 1], "invalid option '%y' to 'format'"],
      // As C writes them.
      [['2%', 1], "invalid option '%<\\0>' to 'format'"],
      [['%5', 1], "invalid option '%<\\0>' to 'format'"],
      [['%\xc8', 1], "invalid option '%<\\200>' to 'format'"],
      [['%10.123f', 1], 'invalid format (width or precision too long)'],
      [['%-+ #0-5d', 1], 'invalid format (repeated flags)'],
      [['%5s', 'a\0b'], "bad argument #2 to 'format' (string contains zeros)"],
    ] as const) {
      assert.equal(errorOf(() => call('string.format', ...args)), text);
    }
    assert.equal(errorOf(() => call('string.format', '%q', listOf())), "bad argument #2 to 'format' (value has no literal form)");
  });

  test('the same as fengari, in what it can do', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string({ unit: fc.constantFrom('a', '\xe4', '%'), maxLength: 5 }), (number, text) => {
        agree('string.format', '%d %s %5d|%-5d|%05d', number, text, number, number, number);
        agree('string.format', text.replaceAll('%', '%%'));
        agree('string.format', '%q', text);
      }),
      { numRuns: 300 },
    );
  });
});
