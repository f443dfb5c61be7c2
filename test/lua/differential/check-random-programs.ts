/** Many random programs on both engines, functions wait in every other one; what fails comes back as a text with the seed and a small program. */
import { seedOf } from '../../../fuzz/random.ts';
import { describeDifference, kindOf } from './difference.ts';
import { generate } from './generator/generate.ts';
import { sourceOf, type Statement } from './generator/program.ts';
import { minimise } from './minimise.ts';
import type { ProgramPair } from './program-pair.ts';

export interface Range {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** So many end the search. */
  readonly maxFailures: number;
}

export async function checkRandomPrograms(pair: ProgramPair, { seed, from, to, maxFailures }: Range, onFailure: (text: string) => void = () => {}): Promise<readonly string[]> {
  const failures: string[] = [];
  for (let iteration = from; iteration < to && failures.length < maxFailures; iteration += 1) {
    const program = generate(seedOf(seed, iteration));
    const compare = (candidate: readonly Statement[]) => pair.compare(sourceOf(candidate), iteration % 2 === 1);
    const found = await compare(program);
    if (found === undefined) continue;
    const kind = kindOf(found);
    // What is no program any more has not failed.
    const small = await minimise(program, (candidate) => compare(candidate).then((difference) => difference !== undefined && kindOf(difference) === kind, () => false));
    const difference = await compare(small);
    const text = `seed ${seed}, iteration ${iteration}\n${sourceOf(small)}${difference === undefined ? 'not the same every time' : describeDifference(difference)}\n`;
    failures.push(text);
    onFailure(text);
  }
  return failures;
}
