/** Where two observations part, in a form for people. */
import type { Observation } from './side.ts';

export interface Difference {
  /** What both have seen before, the last lines of it. */
  readonly before: Observation;
  readonly reference: string;
  readonly other: string;
}

const LINES_BEFORE = 3;
const NOTHING = '(nothing)';

export function firstDifference(reference: Observation, other: Observation): Difference | undefined {
  const length = Math.max(reference.length, other.length);
  for (let at = 0; at < length; at += 1) {
    if (isSame(reference[at], other[at])) continue;
    return { before: reference.slice(Math.max(0, at - LINES_BEFORE), at), reference: reference[at] ?? NOTHING, other: other[at] ?? NOTHING };
  }
  return undefined;
}

/**
 * An error inside of a library function names no position in the interpreter, unless the function checks for it itself:
 * `ipairs(nil)` fails in its loop, `table.sort` in a comparison. Ours is always that of the script.
 */
function isSame(reference: string | undefined, other: string | undefined): boolean {
  if (reference === other) return true;
  return reference !== undefined && other !== undefined && positions(reference) < positions(other) && reference.replaceAll(POSITION, '') === other.replaceAll(POSITION, '');
}

const POSITION = /\bp\.lua:\d+: /g;

function positions(line: string): number {
  return line.match(POSITION)?.length ?? 0;
}

export function describeDifference({ before, reference, other }: Difference): string {
  return [...before.map((line) => `    both:        ${line}`), `    interpreter: ${reference}`, `    compiled:    ${other}`].join('\n');
}
