/** Names of days and months, and lists, from the tables of Intl. */
import { Info } from 'luxon';
import type { Weekday } from '../language.ts';

const ORDER: readonly Weekday[] = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

export interface Names {
  readonly weekday: (day: Weekday) => string;
  /** From 1. */
  readonly month: (number: number) => string;
  readonly list: (items: readonly string[]) => string;
}

export function namesOf(locale: string): Names {
  const weekdays = Info.weekdays('long', { locale });
  const months = Info.months('long', { locale });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  return {
    weekday: (day) => weekdays[ORDER.indexOf(day)]!,
    month: (number) => months[number - 1]!,
    list: (items) => lists.format(items),
  };
}
