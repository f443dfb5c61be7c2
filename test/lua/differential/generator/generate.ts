/** A random Lua program: the same for the same seed. */
import { seeded } from '../../../../fuzz/random.ts';
import { constant } from './assignments.ts';
import { definition } from './functions.ts';
import { block as line, type Statement } from './program.ts';
import { block } from './statements.ts';
import { Writer } from './writer.ts';

/**
 * What is run is the program's function `main`. KSR functions cannot be called while the file is loaded, so nothing outside
 * of functions reports.
 */
export function generate(seed: number): readonly Statement[] {
  const w = new Writer(seeded(seed));
  const shared = w.some(0, 3, () => (w.chance(60) ? definition(w) : constant(w)));
  const { written } = w.body({}, () => block(w, 3, 8));
  return [...shared, line('function main()', written)];
}
