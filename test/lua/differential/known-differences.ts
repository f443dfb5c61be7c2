/** Where the two engines differ and may: the one list of it, with the reasons. */

/**
 * What programs avoid, because the interpreter differs from Lua 5.3 or the manual leaves it open:
 *
 * - Results of bitwise operators, `#`, `select('#')`, `string.find` and their kin are integers of 32 bits in the interpreter: sums of
 *   two of them wrap at 2^31, a division or a remainder by such a zero is an error. The generator adds 0 to each, and stays below
 *   2^31 in shifts. A text of digits without a point is such an integer too.
 * - `string.format` with `%e`, `%g`, `%f` without a precision, `%#x`, `%.3d`, and `string.char` out of range: wrong in the
 *   interpreter, or an internal error of it. So is `tonumber` with a base, of a text with other characters.
 * - `%.2f` and its kin of what is half way between two texts, which the interpreter rounds up as JavaScript does and C to even; of
 *   10^21 and more, of infinity and NaN, of minus zero: written by the interpreter as JavaScript does.
 * - `%q` of a number: none is an integer in the interpreter, so it writes `0x1p+2`, and the compiled engine `4`. `%d` of a text that
 *   is a number of more than 31 bits: the interpreter reads its first digits.
 * - `~` of a number that no bitwise operator has made: an error in the interpreter. Negative numbers in `%x`: 32 bits there.
 * - Comparisons of texts with control characters; `%10s` and `%.2s` of other than ASCII: not by bytes in the interpreter.
 * - `math.max` and `math.min` of other than numbers: the interpreter compares whatever it is given.
 * - Minus zero as the result of `%` and `//`: the interpreter has the sign of floats, the compiled engine none, as integers do.
 * - An empty match at the first byte behind a `*`, which a frontier `%f` makes possible: the interpreter takes the 0 where it ends
 *   for no match.
 * - `next` with a number that is no key: an error in the interpreter, the end in the compiled engine, as the key may have been one.
 * - The order of `pairs`, and so what `next` gives; the border `#` of a table with holes; `collectgarbage`, which the interpreter does not have.
 * - What is read first in `a + f()` when `f` assigns the local `a`: the order of evaluation is undefined (§3.4).
 * - A yield or a wait inside of a metamethod: the interpreter can, but for some; the compiled engine refuses, as its operators are no
 *   generators.
 * - Levels of `error` above a tail call: the compiled engine keeps the frame that Lua drops.
 */

/** The same observation for both, in spite of what is listed here. */
export function isSame(reference: string | undefined, other: string | undefined): boolean {
  if (reference === undefined || other === undefined) return reference === other;
  return reference === other || ALLOWED.some((allowed) => allowed(reference, other));
}

const POSITION = /\bp\.lua:\d+: /g;
const PLACE = / \(p\.lua:\d+\)$/;
const ARGUMENT = /bad argument #\d+ to '[^']*'/;

type Allowed = (reference: string, other: string) => boolean;

const ALLOWED: readonly Allowed[] = [
  // An error inside of a library function names no position in the interpreter, unless the function looks for one: `ipairs(nil)` fails
  // in its loop, `table.sort` in a comparison, `pcall(string.rep)` has no Lua function around it. Ours is that of the script.
  (reference, other) => count(reference) < count(other) && reference.replaceAll(POSITION, '') === other.replaceAll(POSITION, ''),
  // What is only a constant has no name in the compiled engine's errors.
  (reference, other) => reference.replace(/ \(constant '.*?'\)/, '') === other,
  // The bound of the interpreter on string.rep looks at the count first.
  (reference, other) => /bad argument #2 to 'rep'/.test(reference) && /bad argument #1 to 'rep'/.test(other),
  // The interpreter leaves the bracket open.
  (reference, other) => reference.replace("arguments to '%b'\\\"", "arguments to '%b')\\\"") === other,
  // Behind the end of a format C has a zero byte, the interpreter nothing.
  (reference, other) => reference.replace('<\\\\undefined>', '<\\\\0>') === other,
  // A number that no integer is has its name in some of the interpreter's errors.
  (reference, other) => reference.replace(/number \(.*?\) has no integer/, 'number has no integer') === other,
  // Whose call boundary it is.
  (reference, other) => reference.replace('a JS-call boundary', 'a C-call boundary') === other || reference.replace('a JS-call boundary', 'a C-call boundary').replaceAll(POSITION, '') === other.replaceAll(POSITION, ''),
  // An error that is no text keeps no position in the compiled engine, so the log has none.
  (reference, other) => /error object is a/.test(reference) && reference.replace(PLACE, '') === other,
  // Called as a method, Lua counts arguments from the one behind the object, and knows the function by the name that the caller has for
  // it; a compiled function does not know how it was called.
  (reference, other) => ARGUMENT.test(reference) && reference.replace(ARGUMENT, '') === other.replace(ARGUMENT, ''),
];

function count(line: string): number {
  return line.match(POSITION)?.length ?? 0;
}

/** Lines, counted from 1, that hand-written programs print in another way on the interpreter; what is expected is the manual's. */
export const INTERPRETER_PRINTS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  // The bound on string.rep looks at the count first.
  '2.3-errors': { 46: "false\tbad argument #2 to 'rep' (number expected, got no value)" },
  '3.4-expressions': { 33: '3\t1' },
  '6.4-strings': {
    10: '1.5 1.00    3.142|1.2345678e+4 0.0001 100000000000000000000 100',
    16: '10\t  2.3|2.25    |\t5\ttrue',
    17: '0.1 0.1 1230000\t    a    b\t3',
  },
};
