import type { Entry } from './schema.ts';
import type { Problem } from './problem.ts';

/** Variables of the environment. The program reads its own in `app` only. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value that a source gives to an option, not checked yet. */
export interface Setting {
  readonly entry: Entry;
  readonly value: unknown;
  readonly source: string;
  /** The place of a part of the value, where the source has places. */
  locate(part: readonly PropertyKey[]): string;
}

/** What one source holds. */
export interface Findings {
  readonly settings: readonly Setting[];
  readonly problems: readonly Problem[];
}
