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

  /** The program must define `main`. Undefined when nothing can be told apart, also where functions wait. */
  async compare(program: string): Promise<Difference | undefined> {
    const [reference, ...others] = [
      await this.observe(this.interpreter, program, false),
      await this.observe(this.compiled, program, false),
      await this.observe(this.compiled, program, true),
    ];
    return firstDifference(reference!, others[0]!) ?? firstDifference(reference!, others[1]!);
  }

  async observe(side: Side, program: string, waiting: boolean): Promise<Observation> {
    const error = side.load(`${OBSERVER}\n${program}`);
    // Which of the mistakes in a text is named, and how, is for each parser to say.
    if (error !== undefined) return ['not loaded'];
    return side.observe('main', new Echo(waiting));
  }

  close(): void {
    this.interpreter.close();
    this.compiled.close();
  }
}
