/** Statements (Lua 5.3 §3.3), and which of them stand in a block. */
import { assignment, declaration, report, shadowing } from './assignments.ts';
import { call } from './calls.ts';
import { coroutineUse, yielding } from './coroutines.ts';
import { errorCatch, errorLevels } from './errors.ts';
import { exit } from './exits.ts';
import { truth } from './expressions.ts';
import { capture, definition, recursion, returning, variadicUse } from './functions.ts';
import { jump } from './jumps.ts';
import { genericLoop, numericLoop, repeatLoop, whileLoop } from './loops.ts';
import { object } from './objects.ts';
import type { Statement } from './program.ts';
import { patternUse, textUse } from './texts.ts';
import { tableUse } from './tables.ts';
import { wild } from './wild.ts';
import type { Writer } from './writer.ts';

type Make = (w: Writer) => Statement | readonly Statement[];

const SIMPLE: readonly (readonly [weight: number, Make])[] = [
  [14, declaration],
  [14, assignment],
  [10, report],
  [3, shadowing],
  [5, callStatement],
  [6, wild],
  [3, textUse],
  [3, patternUse],
  [3, tableUse],
];

const COMPOUND: readonly (readonly [weight: number, Make])[] = [
  [8, ifStatement],
  [6, numericLoop],
  [5, genericLoop],
  [3, whileLoop],
  [4, repeatLoop],
  [10, definition],
  [3, recursion],
  [4, capture],
  [4, variadicUse],
  [4, jump],
  [4, errorCatch],
  [2, errorLevels],
  [5, object],
  [5, coroutineUse],
  [2, exit],
];

/** The statements of a block; `...` in its last place, a `break`, a `return` or a yield where they fit. */
export function block(w: Writer, from = 1, to = 5): Statement[] {
  const statements = w.some(from, to, () => statement(w)).flat();
  if (w.place.inCoroutine && w.chance(50)) statements.splice(w.random(statements.length + 1), 0, yielding(w));
  if (w.place.inLoop && w.chance(10)) statements.push(`if ${truth(w, 1)} then break end`);
  if (w.place.inFunction && w.chance(8)) statements.push(`if ${truth(w, 1)} then return ${returning(w)} end`);
  return statements;
}

function statement(w: Writer): readonly Statement[] {
  w.spend(1);
  const make = choose(w, w.deep || !w.affords(20) || w.chance(55) ? SIMPLE : COMPOUND);
  const made = make(w);
  return typeof made === 'string' || !Array.isArray(made) ? [made as Statement] : (made as Statement[]);
}

function choose(w: Writer, makers: readonly (readonly [number, Make])[]): Make {
  let left = w.random(makers.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, make] of makers) {
    left -= weight;
    if (left < 0) return make;
  }
  return report;
}

function callStatement(w: Writer): Statement {
  return w.pick([() => call(w), () => `emit(${call(w)})`, () => `emit((${call(w)}))`, () => `emit(${call(w)}, ${call(w)})`])();
}

function ifStatement(w: Writer): Statement {
  const section = (head: string) => ({ head, body: w.nested(() => block(w, 1, 3)) });
  const sections = [section(`if ${truth(w)} then`)];
  while (w.chance(30)) sections.push(section(`elseif ${truth(w)} then`));
  if (w.chance(50)) sections.push(section('else'));
  return { sections, end: 'end' };
}
