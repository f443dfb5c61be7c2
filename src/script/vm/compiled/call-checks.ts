import type { Row } from '../../row.ts';
import { labelOf, mostArguments, noMessage, wrongCount } from '../call-rules.ts';
import type { RouteRun } from '../engine.ts';
import type { Scene } from './scene.ts';

/** app_lua's rules for calls of one row, where a call is not of the usual form. */
export class CallChecks<C extends RouteRun> {
  readonly label: string;
  readonly #scene: Scene<C>;
  readonly #least: number;
  readonly #most: number;

  constructor(row: Row<C>, scene: Scene<C>) {
    this.label = labelOf(row);
    this.#scene = scene;
    this.#least = row.params.length;
    this.#most = mostArguments(row);
  }

  /** True, after a log line, when a call with so many arguments must not reach the row; the script then gets `false`. */
  refuses(given: number): boolean {
    if (given < this.#least || given > this.#most) {
      this.#scene.complain(wrongCount(this.label, given, this.#least));
      return true;
    }
    if (this.#scene.route !== undefined) return false;
    this.#scene.complain(noMessage(this.label));
    return true;
  }
}
