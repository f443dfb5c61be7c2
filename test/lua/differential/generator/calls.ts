/**
 * Expressions with side effects. What stands beside a call is another call, a constant or an argument:
 * for these the order of evaluation is the order of writing in every Lua, though the manual does not promise it.
 */
import { number, quotient, remainder, text, truth } from './expressions.ts';
import type { Variable, Writer } from './writer.ts';

/** A call of a visible function; of `E` when there is none. */
export function call(w: Writer): string {
  const callee = w.callable();
  if (callee === undefined || w.chance(20)) return `E(${number(w, 1)})`;
  return callOf(w, callee);
}

function callOf(w: Writer, callee: Variable): string {
  w.spend(callee.cost);
  const count = Math.max(0, callee.parameters + w.pick([0, 0, 0, 0, 1, -1]));
  const args = Array.from({ length: count }, () => number(w, 1));
  if (w.place.variadic && w.chance(15)) args.push('...');
  return `${callee.name}(${args.join(', ')})`;
}

/** A number whose evaluation can be seen. */
export function loudNumber(w: Writer, depth = 2): string {
  if (depth === 0 || w.chance(30)) return w.pick([() => `E(${number(w, 1)})`, () => `(${call(w)} or 0)`, () => String(w.random(9)), () => waiting(w)])();
  const sub = (): string => loudNumber(w, depth - 1);
  switch (w.random(8)) {
    case 0:
      return `(${loudTruth(w, depth - 1)} and ${sub()} or ${sub()})`;
    case 1:
      return `-${sub()}`.replace('--', '- -');
    case 2:
      return `({${sub()}, ${sub()}, ${sub()}})[${w.between(1, 3)}]`;
    case 3:
      return `({x = ${sub()}, [${w.pick(['"y"', '1'])}] = ${sub()}, ${sub()}}).x`;
    case 4:
      return remainder(sub(), sub());
    case 5:
      return quotient(sub(), sub());
    default:
      return `(${sub()} ${w.pick(['+', '-', '*', '/'])} ${sub()})`;
  }
}

/** A KSR function that may wait, asked for a number. */
function waiting(w: Writer): string {
  return w.chance(50) ? `(#KSR.test.wait(${text(w, 1)}) + 0)` : `(#KSR.test.wait("w" .. E(${w.random(5)})) + 0)`;
}

export function loudTruth(w: Writer, depth = 1): string {
  if (depth === 0) return `E(${truth(w, 1)})`;
  switch (w.random(4)) {
    case 0:
      return `not ${loudTruth(w, depth - 1)}`;
    case 1:
      return `(${loudNumber(w, 1)} ${w.pick(['<', '<=', '==', '~='])} ${loudNumber(w, 1)})`;
    case 2:
      return `(E(${text(w, 1)}) .. E(${text(w, 1)}) ~= E(${text(w, 1)}))`;
    default:
      return `(${loudTruth(w, depth - 1)} ${w.pick(['and', 'or'])} ${loudTruth(w, depth - 1)})`;
  }
}

/** A list of expressions in which calls give none, one or many results, by where they stand. */
export function results(w: Writer): string {
  const items = w.some(1, 3, () => w.pick([() => call(w), () => `(${call(w)})`, () => number(w, 1), () => 'nil', () => text(w, 1)])());
  if (w.place.variadic && w.chance(40)) items.push(w.pick(['...', '(...)', 'select(2, ...)', 'select(-1, 9, ...)']));
  return items.join(', ');
}
