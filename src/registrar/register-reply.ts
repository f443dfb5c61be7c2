import type { Clock } from '../base/clock.ts';
import type { Binding } from './binding.ts';

/** The largest number of seconds that Expires can tell (§20.19): what a permanent binding is answered. */
const FOREVER_S = 2 ** 32 - 1;

/** Headers of the 200 to a REGISTER (§10.3 step 8): all bindings with the seconds they have left, Path, Date. */
export class ContactWriter {
  readonly #clock: Clock;
  #dateSecond = -1;
  #date = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  headers(bindings: readonly Binding[], path: string | undefined): string {
    let text = '';
    const nowMs = this.#clock.monotonicMs();
    for (const binding of bindings) {
      text += `${text === '' ? 'Contact: ' : ', '}<${binding.contact}>;expires=${secondsLeft(binding, nowMs)}`;
      if (binding.q >= 0) text += `;q=${binding.q}`;
      text += binding.contactParams;
    }
    if (text !== '') text += '\r\n';
    if (path !== undefined) text += `Path: ${path}\r\n`;
    return `${text}Date: ${this.#dateNow()}\r\n`;
  }

  /** Clocks of phones are set by it; it is made once a second. */
  #dateNow(): string {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#date = new Date(second * 1000).toUTCString();
    }
    return this.#date;
  }
}

function secondsLeft(binding: Binding, nowMs: number): number {
  return Math.min(Math.ceil((binding.endsAtMs - nowMs) / 1000), FOREVER_S);
}
