/** One number that only grows, with the sentence that explains it. */
export class Counter {
  readonly name: string;
  readonly help: string;
  value = 0;

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }
}

/**
 * The counters of a process. A layer defines its counters once, keeps the objects and adds to
 * `value`; nothing is looked up by name while traffic flows.
 */
export class Counters {
  readonly #byName = new Map<string, Counter>();

  /** The counter of that name, created at the first call. Names are dotted: `sip.parse.rejected`. */
  define(name: string, help: string): Counter {
    let counter = this.#byName.get(name);
    if (counter === undefined) {
      counter = new Counter(name, help);
      this.#byName.set(name, counter);
    }
    return counter;
  }

  all(): Counter[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
