/** Starts the callback of one event; `whenDone` is called when it has ended, also when it had to wait. */
export type StartEvent = (event: string, whenDone: () => void) => void;

/**
 * Events of one thing, each given to its callback when the one before has ended: a callback that waits for
 * the database is not overtaken by the next event. Who makes one knows how many there can be.
 */
export class EventOrder {
  readonly #start: StartEvent;
  readonly #waiting: string[] = [];
  #isRunning = false;

  constructor(start: StartEvent) {
    this.#start = start;
  }

  add(event: string): void {
    this.#waiting.push(event);
    if (!this.#isRunning) this.#next();
  }

  #next(): void {
    const event = this.#waiting.shift();
    this.#isRunning = event !== undefined;
    if (event !== undefined) this.#start(event, () => this.#next());
  }
}
