/** `%` conversions of dates as C99 has them, in the C locale (ISO C99 §7.23.3.5). */
import type { CalendarTime } from './calendar.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
];

type Conversion = (time: CalendarTime) => string;

const digits = (value: number, width = 2, fill = '0') => String(value).padStart(width, fill);
const weekdayOf = ({ weekday }: CalendarTime) => WEEKDAYS[weekday]!;
const monthOf = ({ month }: CalendarTime) => MONTHS[month - 1]!;
const hourOf12 = ({ hour }: CalendarTime) => digits(hour % 12 === 0 ? 12 : hour % 12);
/** Weeks of the year begin on the given weekday; what is before the first one is week 0. */
const weekFrom = (firstWeekday: number) => ({ dayOfYear, weekday }: CalendarTime) =>
  digits(Math.floor((dayOfYear + 6 - ((weekday - firstWeekday + 7) % 7)) / 7));
const formatted = (format: string): Conversion => (time) => strftime(format, time) as string;

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  a: (time) => weekdayOf(time).slice(0, 3),
  A: weekdayOf,
  b: (time) => monthOf(time).slice(0, 3),
  B: monthOf,
  c: formatted('%a %b %e %H:%M:%S %Y'),
  C: ({ year }) => digits(Math.floor(year / 100)),
  d: ({ day }) => digits(day),
  D: formatted('%m/%d/%y'),
  e: ({ day }) => digits(day, 2, ' '),
  F: formatted('%Y-%m-%d'),
  g: (time) => digits(isoWeek(time).year % 100),
  G: (time) => String(isoWeek(time).year),
  h: (time) => monthOf(time).slice(0, 3),
  H: ({ hour }) => digits(hour),
  I: hourOf12,
  j: ({ dayOfYear }) => digits(dayOfYear, 3),
  m: ({ month }) => digits(month),
  M: ({ minute }) => digits(minute),
  n: () => '\n',
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  r: formatted('%I:%M:%S %p'),
  R: formatted('%H:%M'),
  S: ({ second }) => digits(second),
  t: () => '\t',
  T: formatted('%H:%M:%S'),
  u: ({ weekday }) => String(weekday === 0 ? 7 : weekday),
  U: weekFrom(0),
  V: (time) => digits(isoWeek(time).week),
  w: ({ weekday }) => String(weekday),
  W: weekFrom(1),
  x: formatted('%m/%d/%y'),
  X: formatted('%H:%M:%S'),
  y: ({ year }) => digits(((year % 100) + 100) % 100),
  Y: ({ year }) => String(year),
  z: ({ offsetMinutes }) => {
    const magnitude = Math.abs(offsetMinutes);
    return `${offsetMinutes < 0 ? '-' : '+'}${digits(Math.floor(magnitude / 60))}${digits(magnitude % 60)}`;
  },
  Z: ({ zone }) => zone,
  '%': () => '%',
};

/** Conversions that may have a modifier, which changes nothing in the C locale. */
const MODIFIED: Readonly<Record<string, string>> = { E: 'cCxXyY', O: 'deHImMSuUVwWy' };

/** @returns the text; or what begins with the first conversion that there is not, as an error */
export function strftime(format: string, time: CalendarTime): string | { readonly invalid: string } {
  let text = '';
  for (let at = 0; at < format.length; at += 1) {
    if (format[at] !== '%') {
      text += format[at]!;
      continue;
    }
    const start = at + 1;
    const modified = MODIFIED[format[start] ?? ''];
    at = modified === undefined ? start : start + 1;
    const letter = format[at] ?? '';
    const conversion = Object.hasOwn(CONVERSIONS, letter) ? CONVERSIONS[letter] : undefined;
    if (conversion === undefined || modified?.includes(letter) === false) return { invalid: format.slice(start) };
    text += conversion(time);
  }
  return text;
}

/** ISO 8601: weeks begin on Monday, and belong to the year in which their Thursday is. */
function isoWeek({ year, dayOfYear, weekday }: CalendarTime): { year: number; week: number } {
  const thursday = dayOfYear + 3 - ((weekday + 6) % 7);
  if (thursday < 1) return { year: year - 1, week: weekOfDay(thursday + daysIn(year - 1)) };
  const days = daysIn(year);
  return thursday > days ? { year: year + 1, week: weekOfDay(thursday - days) } : { year, week: weekOfDay(thursday) };
}

function weekOfDay(thursday: number): number {
  return Math.floor((thursday - 1) / 7) + 1;
}

function daysIn(year: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return leap ? 366 : 365;
}
