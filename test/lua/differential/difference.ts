/** Where two observations part, in a form for people. */
import { isSame } from './known-differences.ts';
import type { Observation } from './side.ts';

export interface Difference {
  /** What both have seen before, the last lines of it. */
  readonly before: Observation;
  readonly reference: string;
  readonly other: string;
}

const LINES_BEFORE = 3;
const NOTHING = '(nothing)';
/** A text may be millions of bytes long. */
const MAX_SHOWN = 1_000;

export function firstDifference(reference: Observation, other: Observation): Difference | undefined {
  const length = Math.max(reference.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (isSame(reference[at], other[at])) continue;
    return { before: reference.slice(Math.max(0, at - LINES_BEFORE), at), reference: reference[at] ?? NOTHING, other: other[at] ?? NOTHING };
  }
  return undefined;
}

export function describeDifference({ before, reference, other }: Difference): string {
  return [...before.map((line) => `    both:        ${line}`), `    interpreter: ${reference}`, `    compiled:    ${other}`].map((line) => line.slice(0, MAX_SHOWN)).join('\n');
}

/** What kind of difference it is: a smaller program must show the same kind. */
export function kindOf({ reference, other }: Difference): string {
  return [reference, other].map((line) => /attempt to \w+|bad argument|Cannot load|stack overflow|script stopped|script error|[a-z]+ error/.exec(line)?.[0] ?? 'value').join(' and ');
}
