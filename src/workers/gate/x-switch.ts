import type { Clock } from '../../base/clock.ts';
import { X_SWITCH, type Switch, type SwitchesTable } from '../../db/tables/switches.ts';

/** How old an answer may be: after this time at most every process obeys. */
const FRESH_MS = 5_000;

/** The kill switch of X, as `sipweet x pause` sets it: read at most once in five seconds. */
export class XSwitch {
  readonly #switches: Pick<SwitchesTable, 'find'>;
  readonly #clock: Clock;
  #known: { readonly value: Switch; readonly atMs: number } | undefined;
  #reading: Promise<Switch> | undefined;

  constructor(switches: Pick<SwitchesTable, 'find'>, clock: Clock) {
    this.#switches = switches;
    this.#clock = clock;
  }

  /** Whether nothing may be asked of X now. Rejects, with the database's error, when it cannot be read: then nothing may either. */
  async isOff(): Promise<boolean> {
    return (await this.state()).off;
  }

  async state(): Promise<Switch> {
    const known = this.#known;
    if (known !== undefined && this.#clock.monotonicMs() - known.atMs < FRESH_MS) return known.value;
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #read(): Promise<Switch> {
    const atMs = this.#clock.monotonicMs();
    const value = await this.#switches.find(X_SWITCH);
    this.#known = { value, atMs };
    return value;
  }
}
