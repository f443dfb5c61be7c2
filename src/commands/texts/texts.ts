/**
 * What we say, once for every language. To add one: copy `en.ts` under its code, translate it, and give it its line
 * in `catalogue.ts`; a key that is missing does not compile. To be understood in it too, see `languages.ts`.
 *
 * No `@` in any text: a post that has one calls somebody who did not ask for it. No links: X charges for them.
 */
import type { Command, NotUnderstood } from '../command.ts';
import type { Weekday } from '../language.ts';

export type Verb = Command['verb'];

export interface Texts {
  /** Formats of luxon: `2026-11-28` as "Sat 28 Nov". The names come from Intl. */
  readonly date: string;
  readonly dateWithYear: string;
  readonly today: string;
  readonly tomorrow: string;
  /** `day` is empty for a date that is neither today nor tomorrow. */
  readonly at: (moment: { readonly day: string; readonly date: string; readonly clock: string; readonly zone: string }) => string;
  readonly recurring: (what: { readonly rule: string; readonly clock: string; readonly first: string }) => string;
  /** Notes behind a time at a change of the clocks. */
  readonly gap: (wanted: string) => string;
  readonly overlap: string;

  readonly rule: {
    readonly daily: (interval: number) => string;
    readonly weekly: (interval: number, days: readonly Weekday[]) => string;
    readonly workingDays: string;
    readonly weekends: string;
    /** Day of the month; `orLast` when shorter months take their last day. -1 is the last day. */
    readonly monthly: (interval: number, day: number, orLast: boolean) => string;
    /** -1 is the last. */
    readonly nthOfMonth: (nth: number, day: Weekday) => string;
    /** Month from 1. */
    readonly yearly: (day: number, month: number) => string;
  };

  /** Two things to write for each verb, the shortest that show it. */
  readonly examples: Readonly<Record<Verb, readonly [string, string]>>;
  /** Where the verb alone would show something else: there are many settings. */
  readonly examplesOf: Partial<Readonly<Record<NotUnderstood['problem'], readonly [string, string]>>>;
  /** Of a command that nothing was understood of. */
  readonly firstSteps: readonly [string, string];
  /** Sections of the help: a heading and lines. */
  readonly help: readonly (readonly [heading: string, ...lines: string[]])[];
  /** What is wrong; `words` are quoted already, and empty when there are none. */
  readonly problems: Readonly<Record<NotUnderstood['problem'], (words: string) => string>>;
  readonly didYouMean: (suggestion: string) => string;
  readonly tryThis: (first: string, second: string) => string;
  readonly quote: (words: string) => string;
}
