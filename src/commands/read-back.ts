/** Times and rules in words, so that whoever wrote them sees what was understood. */
import { DateTime } from 'luxon';
import type { When } from './command.ts';
import type { Weekday } from './language.ts';
import { textsFor } from './texts/catalogue.ts';
import type { Texts } from './texts/texts.ts';

export interface ReadBackOptions {
  /** BCP 47. */
  readonly locale: string;
  /** When it is said: today and tomorrow count from here. */
  readonly nowMs: number;
}

/** A date this far away is told with its year. */
const FAR_MS = 300 * 86_400_000;

/**
 * The absolute time and its zone: "tomorrow, Sat 28 Nov at 17:30 (Europe/Berlin)", with a note where the clocks
 * change. Always on the 24-hour clock: whether 7 is morning or evening is what has to be seen.
 */
export function describeWhen(when: When, { locale, nowMs }: ReadBackOptions): string {
  const texts = textsFor(locale);
  const moment = DateTime.fromMillis(when.atMs, { zone: when.zone, locale });
  const now = DateTime.fromMillis(nowMs, { zone: when.zone });
  const days = Math.round(moment.startOf('day').setZone('utc', { keepLocalTime: true }).diff(now.startOf('day').setZone('utc', { keepLocalTime: true }), 'days').days);
  const text = texts.at({
    day: days === 0 ? texts.today : days === 1 ? texts.tomorrow : '',
    date: moment.toFormat(Math.abs(when.atMs - nowMs) > FAR_MS ? texts.dateWithYear : texts.date),
    clock: moment.toFormat('HH:mm'),
    zone: when.zone,
  });
  const said = when.kind === 'recurring' ? texts.recurring({ rule: describeRule(when.rrule, locale), clock: when.wall.slice(11), first: text }) : text;
  const note = noteOf(when, texts);
  return note === undefined ? said : `${said}; ${note}`;
}

function noteOf(when: When, texts: Texts): string | undefined {
  if (when.kind === 'elapsed' || when.shift === undefined) return undefined;
  return when.shift === 'gap' ? texts.gap(when.wall.slice(11)) : texts.overlap;
}

/** The days of an RFC 5545 rule as the grammar makes them: "every weekday". A rule of somebody else is shown as it is. */
export function describeRule(rrule: string, locale: string): string {
  const { rule } = textsFor(locale);
  const parts = new Map(rrule.split(';').map((part) => part.split('=') as [string, string]));
  const interval = Number(parts.get('INTERVAL') ?? 1);
  const days = (parts.get('BYDAY') ?? '').split(',');
  const monthDays = (parts.get('BYMONTHDAY') ?? '').split(',').map(Number);
  switch (parts.get('FREQ')) {
    case 'DAILY':
      return rule.daily(interval);
    case 'WEEKLY':
      if (interval === 1 && days.join() === 'MO,TU,WE,TH,FR') return rule.workingDays;
      if (interval === 1 && days.join() === 'SA,SU') return rule.weekends;
      return rule.weekly(interval, days as Weekday[]);
    case 'MONTHLY': {
      const nth = /^(-1|[1-4])([A-Z]{2})$/.exec(days[0]!);
      return nth ? rule.nthOfMonth(Number(nth[1]), nth[2] as Weekday) : rule.monthly(interval, monthDays.at(-1)!, monthDays.length > 1);
    }
    case 'YEARLY':
      return parts.has('BYMONTH') ? rule.yearly(monthDays.at(-1)!, Number(parts.get('BYMONTH'))) : rrule;
    default:
      return rrule;
  }
}
