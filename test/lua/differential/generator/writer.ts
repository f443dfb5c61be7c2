/** What the parts of the generator share: chance, the variables in scope, and bounds on how long a program runs. */
import type { Random } from '../../../../fuzz/random.ts';

/**
 * What a variable holds for all of its life, so that most of a program runs without an error; `wild.ts` mixes them.
 * A `list` is a sequence of numbers, a `record` has numbers under names. A `counter` is a number that closures
 * change: it is never an operand beside a call, because Lua does not say which of the two is evaluated first.
 */
export type Kind = 'number' | 'counter' | 'string' | 'list' | 'record' | 'function';

export interface Variable {
  readonly name: string;
  readonly kind: Kind;
  /** Of a function: how many numbers it wants, and how many statements a call executes at most. */
  readonly parameters: number;
  readonly cost: number;
  /** May be assigned: not so functions, whose calls would have no bound then, and the variables of loops. */
  readonly assignable: boolean;
}

/** Where a statement stands, which decides what may be written there. */
export interface Place {
  /** `break` leaves a loop of this function. */
  readonly inLoop: boolean;
  /** `...` are the arguments of a function that takes any number. */
  readonly variadic: boolean;
  /** `coroutine.yield` goes to somebody who resumes. */
  readonly inCoroutine: boolean;
  readonly inFunction: boolean;
}

/** Statements that a call or a program may execute, roughly. */
const MAX_COST = 400;
const MAX_DEPTH = 4;

export class Writer {
  readonly random: Random;
  place: Place = { inLoop: false, variadic: false, inCoroutine: false, inFunction: false };
  #scopes: Variable[][] = [[]];
  #names = 0;
  #depth = 0;
  /** How often what is being written runs each time that its function is called. */
  #times = 1;
  #cost = 0;

  constructor(random: Random) {
    this.random = random;
  }

  /** A whole number from `from` to `to`. */
  between(from: number, to: number): number {
    return from + this.random(to - from + 1);
  }

  chance(percent: number): boolean {
    return this.random(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.random(list.length)]!;
  }

  /** So many of what `write` gives. */
  some<T>(from: number, to: number, write: () => T): T[] {
    return Array.from({ length: this.between(from, to) }, write);
  }

  /** A name that is not in use; now and then one that shadows another. */
  fresh(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  declare(name: string, kind: Kind, more: Partial<Variable> = {}): string {
    this.#scopes.at(-1)!.push({ name, kind, parameters: 0, cost: 0, assignable: kind !== 'function', ...more });
    return name;
  }

  /** The variables of a kind that a statement here can see. */
  visible(kind: Kind): readonly Variable[] {
    const byName = new Map<string, Variable>();
    for (const variable of this.#scopes.flat()) byName.set(variable.name, variable);
    return [...byName.values()].filter((variable) => variable.kind === kind);
  }

  /** A visible variable of the kind. */
  variable(kind: Kind, assignable = false): Variable | undefined {
    const candidates = this.visible(kind).filter((variable) => !assignable || variable.assignable);
    return candidates.length === 0 ? undefined : this.pick(candidates);
  }

  /** A function that may still be called from here. */
  callable(): Variable | undefined {
    const candidates = this.visible('function').filter(({ cost }) => this.affords(cost));
    return candidates.length === 0 ? undefined : this.pick(candidates);
  }

  affords(cost: number): boolean {
    return this.#cost + cost * this.#times < MAX_COST;
  }

  spend(cost: number): void {
    this.#cost += cost * this.#times;
  }

  get deep(): boolean {
    return this.#depth >= MAX_DEPTH;
  }

  /** Writes the inside of a block: its variables end with it. */
  nested<T>(write: () => T, times = 1): T {
    this.#scopes.push([]);
    this.#depth += 1;
    this.#times *= times;
    try {
      return write();
    } finally {
      this.#times /= times;
      this.#depth -= 1;
      this.#scopes.pop();
    }
  }

  /** Writes the inside of a loop that runs at most so often. */
  loop<T>(times: number, write: () => T): T {
    return this.at({ inLoop: true }, () => this.nested(write, times));
  }

  /** Writes at another place. */
  at<T>(change: Partial<Place>, write: () => T): T {
    const { place } = this;
    this.place = { ...place, ...change };
    try {
      return write();
    } finally {
      this.place = place;
    }
  }

  /** Writes the body of a function, and says what a call of it costs. */
  body<T>(place: Partial<Place>, write: () => T): { readonly written: T; readonly cost: number } {
    const [times, cost] = [this.#times, this.#cost];
    this.#times = 1;
    this.#cost = 1;
    try {
      const written = this.at({ inLoop: false, variadic: false, inCoroutine: false, inFunction: true, ...place }, () => this.nested(write));
      return { written, cost: this.#cost };
    } finally {
      this.#times = times;
      this.#cost = cost;
    }
  }
}
