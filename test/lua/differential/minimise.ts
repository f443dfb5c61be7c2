/** Makes a failing program small: leaves out what is not needed for the failure. */
import type { Block, Statement } from './generator/program.ts';

/** Programs tried at most; each costs milliseconds. */
const MAX_TRIES = 1_500;

/** The smallest program found that `fails` as well. What no longer makes sense when something is left out does not fail. */
export async function minimise(program: readonly Statement[], fails: (program: readonly Statement[]) => Promise<boolean>): Promise<readonly Statement[]> {
  let smallest = program;
  let tries = 0;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smaller(smallest)) {
      tries += 1;
      if (tries > MAX_TRIES) return smallest;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
}

/** Programs with something left out, the largest pieces first. */
function* smaller(statements: readonly Statement[]): Generator<readonly Statement[]> {
  for (let size = statements.length; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < statements.length; at += size) yield [...statements.slice(0, at), ...statements.slice(at + size)];
  }
  for (const [at, statement] of statements.entries()) {
    if (typeof statement === 'string') continue;
    const around = (inside: readonly Statement[]): readonly Statement[] => [...statements.slice(0, at), ...inside, ...statements.slice(at + 1)];
    yield around(statement.sections.flatMap(({ body }) => body));
    for (const simpler of smallerBlocks(statement)) yield around([simpler]);
  }
}

function* smallerBlocks({ sections, end }: Block): Generator<Block> {
  for (const [at, section] of sections.entries()) {
    if (at > 0) yield { sections: sections.toSpliced(at, 1), end };
    for (const body of smaller(section.body)) yield { sections: sections.with(at, { head: section.head, body }), end };
  }
}
