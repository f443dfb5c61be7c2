/** Runs a program on both engines, behind the functions of observer.lua, and says where they differ. */
import { readFileSync } from 'node:fs';
import { rowsOf, type KsrValue } from '../../../src/script/row.ts';
import { fakeRows, type Answers, type Call } from './fake-route.ts';
import { firstDifference, type Difference } from './difference.ts';
import { Side, type Observation } from './side.ts';

const { row, waitingRow } = rowsOf<never>('test');
const TEST_ROWS = fakeRows([
  row('out', ['str'], 'none', () => {}, ''),
  waitingRow('wait', ['str'], 'xval', () => null, ''),
]);

const OBSERVER = readFileSync(new URL('observer.lua', import.meta.url), 'latin1')
  .split('\n')
  .filter((line) => !line.startsWith('--'))
  .join(' ');

/** Ends programs that the generator's own bounds have let grow; far above what others use. */
const MAX_INSTRUCTIONS = 5_000_000;

/** `KSR.test.wait` answers what it was asked; a row of three calls waits, the next three do not, if any may. */
class Echo implements Answers {
  readonly #waiting: boolean;

  constructor(waiting: boolean) {
    this.#waiting = waiting;
  }

  answer({ name, args }: Call): KsrValue | void {
    return name === 'KSR.test.wait' ? `<${args[0]}>` : undefined;
  }

  waits({ index }: Call): boolean {
    return this.#waiting && index % 6 < 3;
  }
}

export class ProgramPair {
  readonly interpreter: Side;
  readonly compiled: Side;

  constructor(maxInstructions = MAX_INSTRUCTIONS) {
    this.interpreter = new Side('interpreter', { rows: TEST_ROWS, maxInstructions });
    this.compiled = new Side('compiled', { rows: TEST_ROWS, maxInstructions });
  }

  /**
   * Undefined when nothing can be told apart.
   * @param program defines `main`
   * @param waiting lets functions wait on the compiled engine; on the interpreter they always answer at once
   * @throws when the interpreter does not load it
   */
  async compare(program: string, waiting: boolean): Promise<Difference | undefined> {
    const reference = await this.#observe(this.interpreter, program, false);
    if (reference.isRefused) throw new Error(`no program: ${reference.seen[0]}\n${program}`);
    return firstDifference(reference.seen, (await this.#observe(this.compiled, program, waiting)).seen);
  }

  async #observe(side: Side, program: string, waiting: boolean): Promise<{ readonly isRefused: boolean; readonly seen: Observation }> {
    const refusal = side.load(`${OBSERVER}\n${program}`);
    if (refusal !== undefined) return { isRefused: true, seen: [refusal] };
    return { isRefused: false, seen: await side.observe('main', new Echo(waiting)) };
  }

  close(): void {
    this.interpreter.close();
    this.compiled.close();
  }
}
