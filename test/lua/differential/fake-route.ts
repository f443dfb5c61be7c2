/** The other end of a script under test: rows that answer as they are told and write down that they were called. */
import type { KsrValue, Row } from '../../../src/script/row.ts';
import type { RouteRun } from '../../../src/script/vm/engine.ts';

/** What is asked for an answer: a row's full name, its types, the arguments, and the how manieth call of the route it is. */
export interface Call {
  readonly name: string;
  readonly row: Pick<Row<never>, 'params' | 'returns'>;
  readonly args: readonly (number | string)[];
  readonly index: number;
}

export interface Answers {
  answer(call: Call): KsrValue | void;
  /** Does a function that may wait do so at this call, or answer at once? */
  waits(call: Call): boolean;
}

/** Longest record of one route: a program that loops must not fill the memory. */
const MAX_LINES = 20_000;

/** One execution of a script function, with the record of what could be seen of it from outside. */
export class FakeRoute implements RouteRun {
  readonly callId = 'call-1';
  readonly lines: string[] = [];
  failed = false;
  dropped = false;
  readonly #answers: Answers;
  #calls = 0;
  #whenCompleted: () => void = () => {};
  /** Settles when the engine reports the end of a parked route. */
  readonly completed = new Promise<void>((resolve) => {
    this.#whenCompleted = resolve;
  });

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  write(line: string): void {
    if (this.lines.length < MAX_LINES) this.lines.push(line);
  }

  setDrop(): void {
    this.dropped = true;
  }

  onCompleted(): void {
    this.#whenCompleted();
  }

  call(name: string, row: Row<FakeRoute>, args: readonly (number | string)[]): KsrValue | void | Promise<KsrValue> {
    const call: Call = { name, row, args, index: this.#calls };
    this.#calls += 1;
    const answer = this.#answers.answer(call);
    this.write(`${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})${answer === undefined ? '' : ` = ${JSON.stringify(answer)}`}`);
    return row.waits && this.#answers.waits(call) ? Promise.resolve(answer as KsrValue) : answer;
  }
}

/** The same rows, with a `FakeRoute` behind them. */
export function fakeRows(rows: readonly Pick<Row<never>, 'module' | 'name' | 'params' | 'returns' | 'waits'>[]): readonly Row<FakeRoute>[] {
  return rows.map(({ module, name, params, returns, waits }) => {
    const fullName = module === '' ? `KSR.${name}` : `KSR.${module}.${name}`;
    const row: Row<FakeRoute> = { module, name, params, returns, waits, doc: '', run: (route, ...args) => route.call(fullName, row, args) };
    return row;
  });
}
