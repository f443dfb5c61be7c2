/** Many random programs on both engines; what fails comes back as a text with the seed and a small program. */
import { seedOf } from '../../../fuzz/random.ts';
import { describeDifference } from './difference.ts';
import { generate } from './generator/generate.ts';
import { sourceOf } from './generator/program.ts';
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
    if ((await pair.compare(sourceOf(program))) === undefined) continue;
    const small = await minimise(program, (candidate) => pair.compare(sourceOf(candidate)).then((difference) => difference !== undefined, () => false));
    const difference = await pair.compare(sourceOf(small));
    const text = `seed ${seed}, iteration ${iteration}\n${sourceOf(small)}${difference === undefined ? 'not the same every time' : describeDifference(difference)}\n`;
    failures.push(text);
    onFailure(text);
  }
  return failures;
}
