/** What a language brings along so that commands are understood in it. `words/en.ts` is the example to copy. */
import type { Chrono } from 'chrono-node/en';
import type { Meaning } from './meanings.ts';

/** Days of the week as RFC 5545 §3.3.10 writes them. */
export type Weekday = 'MO' | 'TU' | 'WE' | 'TH' | 'FR' | 'SA' | 'SU';

/** Half of the day that a word names: `in the evening` makes 8 out of 20:00. */
export type DayPart = 'morning' | 'afternoon' | 'evening' | 'night';

export interface Language {
  /** BCP 47, without region. */
  readonly locale: string;
  /**
   * Verbs and how they are said, the more specific first. In a phrase `a|b` are alternatives, `(a)` may be left
   * out, `{slot}` is a part with a meaning of its own (see `slots.ts`), `{slot?}` may be missing.
   */
  readonly phrases: readonly (readonly [Meaning, ...string[]])[];
  /** Said before or after a command without changing it. Several words each. */
  readonly polite: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** Words that name somebody whom we cannot know: never a SIP user. */
  readonly pronouns: readonly string[];
  /** Words between a verb and what it is about. */
  readonly connectors: readonly string[];
  readonly on: readonly string[];
  readonly off: readonly string[];
  /** What hours are counted in behind `snooze 2`. */
  readonly hourWords: readonly string[];
  readonly minuteWords: readonly string[];
  /** Cities by their names in this language, lower case and without accents, that no zone is named after. */
  readonly cities: Readonly<Record<string, string>>;
  readonly time: TimeWords;
}

/** A text to look for, and what it is replaced with. Texts are lower case. */
export type Rewrite = readonly [pattern: RegExp, replacement: string | ((...groups: string[]) => string)];

export interface TimeWords {
  readonly chrono: (dayFirst: boolean) => Chrono;
  /** Whether `5/6` is written in one order only. */
  readonly slashOrder: 'day-first' | 'by-region';
  /**
   * How the bare hours 1 to 12 are read when a day is named. `daytime`: as the hour between 7:00 and 18:59.
   * `as-written`: on the 24-hour clock.
   */
  readonly bareHours: 'daytime' | 'as-written';
  /** The first words that a time can have; numbers always can. */
  readonly starters: readonly string[];
  /** Words that announce a time and that no text before it ends with. */
  readonly prepositions: readonly string[];
  /** Turns what chrono does not know into what it knows, in this order. */
  readonly rewrites: readonly Rewrite[];
  /** Taken out of the text; chrono does not see them. */
  readonly dayParts: readonly (readonly [RegExp, DayPart])[];
  /** May stand before the words that chrono found; behind them nothing may. */
  readonly fillers: RegExp;
  /** Counted from now: `in 2 days`. */
  readonly fromNow: RegExp;
  /** The day of the week is not simply the one that comes next: `next friday`, `last friday`. */
  readonly otherWeek: RegExp;
  /** Seconds, minutes, hours, days and weeks by all their names, in milliseconds. */
  readonly units: Readonly<Record<string, number>>;
  /** Numbers in words, of spans. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What may stand round and between spans: `in … and …`. */
  readonly aroundSpans: RegExp;
  readonly recurrences: readonly RecurrencePattern[];
  /** `berlin time`: the group is a city. */
  readonly zoneOfCity: RegExp;
}

/**
 * Words for a rule. The function gets the groups and gives the parts of an RFC 5545 rule, or undefined where
 * the words make no sense. `WEEKLY` and `MONTHLY` without a day mean the day of the first occurrence.
 */
export interface RecurrencePattern {
  readonly pattern: RegExp;
  readonly rule: (...groups: readonly (string | undefined)[]) => string | undefined;
}
