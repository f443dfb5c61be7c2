/**
 * One time out of a text whose odd words have been rewritten, by chrono-node and the rules of `clock-reading.ts`.
 *
 * chrono gets the user's date as if it were UTC, at noon. It computes on the clock of the host, moved to show that
 * date; at noon no clock of any host changes, so the dates that come out are the same everywhere. What it does
 * with hours is not used: spans are added up in `elapsed.ts`, and what lies ahead is found here. (With the true
 * hour and `forwardDate`, as its manual has it, a host in New York reads "8 march at 2:30am" as another day, and
 * "in 3 hours" an hour off twice a year.)
 */
import type { ParsedResult } from 'chrono-node/en';
import { hourOnDay, hoursOf, readClock, type ClockReading } from './clock-reading.ts';
import { readElapsed } from './elapsed.ts';
import type { DayPart, TimeWords } from './language.ts';
import { floatingMs, rewall, wallOfFloating } from './wall.ts';

export interface ReadingContext {
  readonly nowMs: number;
  readonly zone: string;
  readonly dayFirst: boolean | undefined;
  /** Of both readings of a bare hour the one in the morning. */
  readonly bareIsMorning: boolean;
  /** It was said as a distance from now: a date has the hour that it is. */
  readonly fromNow: boolean;
}

export type DateReading =
  | { readonly kind: 'wall'; readonly wall: string }
  /** Counted from now, or told with an offset from UTC: the clocks of a zone do not matter. */
  | { readonly kind: 'instant'; readonly atMs: number }
  | { readonly kind: 'problem'; readonly problem: 'time-invalid' | 'time-ambiguous' | 'time-past' };

const DAY_MS = 86_400_000;
const problem = (name: 'time-invalid' | 'time-ambiguous' | 'time-past') => ({ kind: 'problem', problem: name }) as const;

type ParsedComponents = ParsedResult['start'];

/** What chrono made of the whole text. */
interface Found {
  readonly at: ParsedComponents;
  readonly elapsed: boolean;
  readonly relative: boolean;
  /** `24:00`: the end of the day that is named, or of today. */
  readonly endOfDay: boolean;
  readonly text: string;
}

/** Reads a date with its time. Everything in the text has to belong to it. */
export function readDate(words: TimeWords, text: string, part: DayPart | undefined, context: ReadingContext): DateReading {
  const found = find(words, text, context);
  if (typeof found === 'string') return problem(found);
  if (found.elapsed) {
    if (found.at.date().getTime() < noonOf(context)) return problem('time-past');
    const elapsedMs = readElapsed(found.text, words);
    return elapsedMs === undefined ? problem('time-ambiguous') : { kind: 'instant', atMs: context.nowMs + elapsedMs };
  }
  const offset = found.at.get('timezoneOffset');
  if (!found.at.isCertain('timezoneOffset') || offset === null) return { ...wallOf(found, words, part, context) };
  // An offset is a zone too, one without daylight saving: the same once more on its clock.
  const fixed = { ...context, zone: offsetZone(offset) };
  const again = find(words, text, fixed);
  const reading = typeof again === 'string' ? problem(again) : wallOf(again, words, part, fixed);
  if (reading.kind === 'problem') return reading;
  const instant = rewall(reading.wall, fixed.zone);
  return instant === undefined ? problem('time-invalid') : { kind: 'instant', atMs: instant.atMs };
}

/** Reads a time of day without a date: `HH:MM`. */
export function readTimeOfDay(words: TimeWords, text: string, part: DayPart | undefined, context: ReadingContext): string | 'time-invalid' | 'time-ambiguous' {
  if (text === '') return 'time-ambiguous';
  const found = find(words, text, context);
  if (typeof found === 'string') return found;
  const { at } = found;
  if (found.elapsed || isDated(at) || at.isCertain('timezoneOffset') || !at.isCertain('hour')) return 'time-invalid';
  const clock = clockOf(found, part, context);
  return clock === undefined ? 'time-invalid' : clockText(hourOnDay(clock, words.bareHours), clock.minute);
}

function find(words: TimeWords, text: string, { nowMs, zone, dayFirst = false }: ReadingContext): Found | 'time-invalid' | 'time-ambiguous' {
  const endOfDay = /\b24:00\b/.test(text);
  const searched = endOfDay ? text.replace('24:00', '0:00') : text;
  const noon = noonOf({ nowMs, zone });
  if (Number.isNaN(noon)) return 'time-invalid';
  const [result] = words.chrono(dayFirst).parse(searched, { instant: new Date(noon), timezone: 0 });
  if (result === undefined) return 'time-invalid';
  if (!words.fillers.test(searched.slice(0, result.index)) || /[^ ,.]/.test(searched.slice(result.index + result.text.length))) return 'time-invalid';
  if (result.end) return 'time-ambiguous';
  const elapsed = result.tags().has('result/relativeDateAndTime') && !/\d:\d\d/.test(result.text);
  return { at: result.start, elapsed, relative: result.tags().has('result/relativeDate'), endOfDay, text: searched };
}

/** Midnight of the user's date, as floating time. */
function todayOf({ nowMs, zone }: Pick<ReadingContext, 'nowMs' | 'zone'>): number {
  return Math.floor(floatingMs(nowMs, zone) / DAY_MS) * DAY_MS;
}

function noonOf(context: Pick<ReadingContext, 'nowMs' | 'zone'>): number {
  return todayOf(context) + DAY_MS / 2;
}

function isDated(at: ParsedComponents): boolean {
  return at.isCertain('day') || at.isCertain('weekday') || at.isCertain('month');
}

function clockOf({ at, text }: Found, part: DayPart | undefined, { bareIsMorning }: ReadingContext): ClockReading | undefined {
  const hour = at.get('hour') ?? 0;
  const decided = at.isCertain('meridiem') || hour === 0 || hour > 12 || /(?<![\d.:/-])0\d(?::\d\d)?(?![\d.:/-])|t0\d:/.test(text);
  const clock = readClock(hour, at.get('minute') ?? 0, decided, part);
  return clock && bareIsMorning ? { ...clock, bare: false } : clock;
}

function wallOf(found: Found, words: TimeWords, part: DayPart | undefined, context: ReadingContext): Exclude<DateReading, { kind: 'instant' }> {
  const { at } = found;
  const today = todayOf(context);
  if (!at.isCertain('hour')) {
    if (part !== undefined || !found.relative || !context.fromNow) return problem('time-ambiguous');
    return { kind: 'wall', wall: wallOfFloating(dateOf(at) + floatingMs(context.nowMs, context.zone) - today) };
  }
  const clock = clockOf(found, part, context);
  if (clock === undefined) return problem('time-invalid');
  const ahead = (hour: number, onDay: number) => aheadOf(onDay + hour * 3_600_000 + clock.minute * 60_000, context);
  // Of a day, midnight and the hours of the night come after it.
  const late = found.endOfDay || (part === 'night' && clock.hour < 6) ? DAY_MS : 0;
  const onDay = (day: number) => ahead(hourOnDay(clock, words.bareHours), day + late);
  const onToday = (shift: number) => hoursOf(clock).map((hour) => ahead(hour, today + shift)).find((wall) => wall !== undefined);

  if (!isDated(at)) return wallOr(onToday(0) ?? ahead(hoursOf(clock)[0]!, today + DAY_MS));
  if (at.isCertain('weekday') && !at.isCertain('day')) {
    if (words.otherWeek.test(found.text)) return wallOr(onDay(dateOf(at)));
    const next = today + ((((dateOf(at) - today) / DAY_MS) % 7) + 7) % 7 * DAY_MS;
    return wallOr(onDay(next) ?? onDay(next + 7 * DAY_MS));
  }
  // "In june" is no day, "in 2 months" is.
  if (!at.isCertain('day') && !found.relative) return problem('time-ambiguous');
  const day = at.isCertain('year') ? dateOf(at) : nextDate(at, today);
  return wallOr(day === today ? onToday(late) : onDay(day));
}

function wallOr(wall: string | undefined): Exclude<DateReading, { kind: 'instant' }> {
  return wall === undefined ? problem('time-past') : { kind: 'wall', wall };
}

function dateOf(at: ParsedComponents, year = at.get('year') ?? 0): number {
  return Date.UTC(year, (at.get('month') ?? 1) - 1, at.get('day') ?? 1);
}

/** Of a day without its year the next one that exists: of the 29th of February up to eight years ahead. */
function nextDate(at: ParsedComponents, today: number): number {
  const thisYear = new Date(today).getUTCFullYear();
  for (let year = thisYear; year <= thisYear + 8; year += 1) {
    const date = dateOf(at, year);
    if (date >= today && new Date(date).getUTCDate() === at.get('day')) return date;
  }
  return dateOf(at);
}

/** The wall-clock time, unless it is over. */
function aheadOf(floating: number, { nowMs, zone }: ReadingContext): string | undefined {
  const wall = wallOfFloating(floating);
  const instant = rewall(wall, zone);
  return instant !== undefined && instant.atMs > nowMs ? wall : undefined;
}

function clockText(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

function offsetZone(minutes: number): string {
  const absolute = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(absolute / 60)}:${String(absolute % 60).padStart(2, '0')}`;
}
