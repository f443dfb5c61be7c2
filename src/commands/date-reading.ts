/** One time out of a text whose odd words have been rewritten, by chrono-node and the rules of `clock-reading.ts`. */
import type { ParsedResult } from 'chrono-node/en';
import { hourOnDay, hoursOf, readClock, type ClockReading } from './clock-reading.ts';
import type { DayPart, TimeWords } from './language.ts';
import { floatingMs, floatingOfWall, rewall, wallOfFloating } from './wall.ts';

export interface ReadingContext {
  readonly nowMs: number;
  readonly zone: string;
  readonly dayFirst: boolean | undefined;
  /** Of both readings of a bare hour the one in the morning. */
  readonly bareIsMorning: boolean;
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
    const passedMs = found.at.date().getTime() - floatingMs(context.nowMs, context.zone);
    return { kind: 'instant', atMs: context.nowMs + passedMs };
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
  const now = floatingMs(nowMs, zone);
  if (Number.isNaN(now)) return 'time-invalid';
  const [result] = words.chrono(dayFirst).parse(searched, { instant: new Date(now), timezone: 0 }, { forwardDate: true });
  if (result === undefined) return 'time-invalid';
  if (!words.fillers.test(searched.slice(0, result.index)) || /[^ ,.]/.test(searched.slice(result.index + result.text.length))) return 'time-invalid';
  if (result.end) return 'time-ambiguous';
  const elapsed = result.tags().has('result/relativeDateAndTime') && !/\d:\d\d/.test(result.text);
  return { at: result.start, elapsed, relative: result.tags().has('result/relativeDate'), endOfDay, text: searched };
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
  const today = floatingOfWall(`${wallOfFloating(floatingMs(context.nowMs, context.zone)).slice(0, 10)}T00:00`);
  const day = Date.UTC(at.get('year') ?? 0, (at.get('month') ?? 1) - 1, at.get('day') ?? 1);
  if (!at.isCertain('hour')) {
    if (part !== undefined || !found.relative || !words.fromNow.test(found.text)) return problem('time-ambiguous');
    return { kind: 'wall', wall: wallOfFloating(day + (floatingMs(context.nowMs, context.zone) - today)) };
  }
  const clock = clockOf(found, part, context);
  if (clock === undefined) return problem('time-invalid');
  const ahead = (hour: number, onDay: number) => aheadOf(onDay + hour * 3_600_000 + clock.minute * 60_000, context);
  if (!isDated(at)) {
    const hours = hoursOf(clock).map((hour) => ahead(hour, today));
    const next = hours.find((wall) => wall !== undefined) ?? ahead(hoursOf(clock)[0]!, today + DAY_MS);
    return next === undefined ? problem('time-past') : { kind: 'wall', wall: next };
  }
  // Of a day, midnight and the hours of the night come after it.
  const late = found.endOfDay || (part === 'night' && clock.hour < 6) ? DAY_MS : 0;
  const onDay = (date: number) => ahead(hourOnDay(clock, words.bareHours), date + late);
  if (!at.isCertain('day')) {
    const first = words.notThisOne.test(found.text) || day - today > 7 * DAY_MS ? undefined : sameWeekday(day, today) ? onDay(today) : undefined;
    const wall = first ?? onDay(day) ?? onDay(day + 7 * DAY_MS);
    return wall === undefined ? problem('time-past') : { kind: 'wall', wall };
  }
  // Chrono moves a day without a year that is today into the next year once its hour is over.
  const isToday = day === today || (!at.isCertain('year') && wallOfFloating(day).slice(5, 10) === wallOfFloating(today).slice(5, 10));
  const walls = isToday ? hoursOf(clock).map((hour) => ahead(hour, today + late)) : [onDay(day)];
  const wall = walls.find((candidate) => candidate !== undefined);
  return wall === undefined ? problem('time-past') : { kind: 'wall', wall };
}

const sameWeekday = (a: number, b: number) => (a - b) % (7 * DAY_MS) === 0;

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
