/** Parts of which the languages put their recurrences and spans together. */
import type { Weekday } from './language.ts';
import { monthDays } from './recurrence.ts';

const ORDER: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const MAX_INTERVAL = 52;

export const WORKING_DAYS = 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR';
export const WEEKENDS = 'FREQ=WEEKLY;BYDAY=SA,SU';

/** An alternative of all words, the longest first, for a regular expression. */
export function anyOf(words: Iterable<string>): string {
  return [...words].sort((a, b) => b.length - a.length).join('|');
}

/** `FREQ=DAILY` every `interval` days, and so on. Undefined where nobody means it: 0, or more than a year of weeks. */
export function every(frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY', interval: string | number = 1): string | undefined {
  const count = Number(interval);
  if (!(count >= 1 && count <= MAX_INTERVAL)) return undefined;
  return `FREQ=${frequency}${count === 1 ? '' : `;INTERVAL=${count}`}`;
}

/** Every `interval` weeks on the days that `list` names. */
export function weekly(list: string, words: Readonly<Record<string, Weekday>>, interval: string | number = 1): string | undefined {
  const named = new Set(list.split(/[^\p{L}]+/u).map((word) => words[word]));
  const days = ORDER.filter((day) => named.has(day));
  const rule = every('WEEKLY', interval);
  return days.length === 0 || rule === undefined ? undefined : `${rule};BYDAY=${days.join(',')}`;
}

/** Every `interval` months on that day. */
export function monthly(day: string, interval: string | number = 1): string | undefined {
  const number = Number(day);
  const rule = every('MONTHLY', interval);
  return rule === undefined || !(number >= 1 && number <= 31) ? undefined : `${rule};${monthDays(number)}`;
}

/** The last, first, second … such day of every month; -1 is the last. */
export function nthOfMonth(nth: number | undefined, day: Weekday | undefined): string | undefined {
  return nth === undefined || day === undefined ? undefined : `FREQ=MONTHLY;BYDAY=${nth}${day}`;
}

/** Every year on a date. The month counts from 1. */
export function yearly(day: string, month: number | undefined): string | undefined {
  const number = Number(day);
  if (month === undefined || !(number >= 1 && number <= new Date(Date.UTC(2024, month, 0)).getUTCDate())) return undefined;
  const leapDay = month === 2 && number === 29;
  return `FREQ=YEARLY;BYMONTH=${month};${leapDay ? monthDays(29) : `BYMONTHDAY=${number}`}`;
}

const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

/** Milliseconds by all names of the units. */
export function namedUnits(names: Readonly<Record<keyof typeof UNIT_MS, readonly string[]>>): Readonly<Record<string, number>> {
  const units = Object.keys(UNIT_MS) as (keyof typeof UNIT_MS)[];
  return Object.fromEntries(units.flatMap((unit) => names[unit].map((name) => [name, UNIT_MS[unit]])));
}
