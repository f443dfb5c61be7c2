/**
 * When somebody wants something. chrono-node finds the words on a wall clock that has no zone; the zone is applied to
 * what it read by `rewall`. So neither the zone of the host nor a change of the clocks gets into a time.
 */
import type { When } from './command.ts';
import { readDate, readTimeOfDay, type DateReading, type ReadingContext } from './date-reading.ts';
import type { DayPart, Language, Rewrite, TimeWords } from './language.ts';
import { firstOccurrence } from './recurrence.ts';
import { findZone, findZoneOfTime } from './zone.ts';
import { rewall } from './wall.ts';

export interface WhenContext {
  /** When it was written, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** IANA zone of the author; a zone in the text comes before it. */
  readonly zone: string;
  /** Whether `5/6` is the fifth of June; undefined when it could be either. */
  readonly dayFirst: boolean | undefined;
  /** Of both readings of a bare hour the one in the morning: `wake me at 7`. */
  readonly bareIsMorning: boolean;
  /** Tried in this order. */
  readonly languages: readonly Language[];
}

export type WhenReading =
  | { readonly ok: true; readonly when: When }
  | { readonly ok: false; readonly problem: 'time-invalid' | 'time-ambiguous' | 'time-past' };

/** Longer is no time. */
const MAX_LENGTH = 100;
const MAX_AHEAD_MS = 5 * 366 * 86_400_000;

const invalid = { ok: false, problem: 'time-invalid' } as const;
const ambiguous = { ok: false, problem: 'time-ambiguous' } as const;

/**
 * Reads a text that is a time as a whole. A date without a time is ambiguous, as is a span; what is not ahead is
 * past; more than five years ahead is invalid. Hours without am or pm: see `clock-reading.ts`.
 */
export function readWhen(text: string, context: WhenContext): WhenReading {
  if (text.length > MAX_LENGTH) return invalid;
  for (const language of context.languages) {
    const reading = readIn(language.time, text.toLowerCase().replace(/[,.!?;]+$/, ''), context);
    if (reading.ok || reading.problem !== 'time-invalid') return reading;
  }
  return invalid;
}

function readIn(words: TimeWords, text: string, context: WhenContext): WhenReading {
  const { zone, rest } = takeZone(words, text, context);
  const inZone = { ...context, zone, fromNow: words.fromNow.test(rest) };
  const { part, rest: dated } = takeDayPart(words, rewrite(rest, words.rewrites));
  for (const { pattern, rule } of words.recurrences) {
    const match = pattern.exec(dated);
    if (match === null) continue;
    const found = rule(...match.slice(1));
    return found === undefined ? invalid : readRecurring(words, found, dated.replace(match[0], ' ').trim(), part, inZone);
  }
  if (words.slashOrder === 'by-region' && context.dayFirst === undefined && couldBeEither(dated)) return ambiguous;
  return readOnce(readDate(words, dated, part, inZone), inZone, context.zone);
}

/** `5/6` is two dates, `25/6` is one. */
function couldBeEither(text: string): boolean {
  const date = /(?<![\d/])(\d{1,2})\/(\d{1,2})(?![\d/]*\/\d{3})/.exec(text);
  return date !== null && Number(date[1]) <= 12 && Number(date[2]) <= 12 && date[1] !== date[2];
}

function rewrite(text: string, rewrites: readonly Rewrite[]): string {
  let result = text;
  for (const [pattern, replacement] of rewrites) {
    result =
      typeof replacement === 'string'
        ? result.replace(pattern, replacement)
        : // Behind the groups `replace` passes the offset and the text.
          result.replace(pattern, (...found: unknown[]) => replacement(...(found.slice(1, -2) as string[])));
  }
  return result.replace(/ {2,}/g, ' ').trim();
}

/** Zones by name, which chrono does not know, and the abbreviations whose offset depends on the season. */
function takeZone(words: TimeWords, text: string, { zone, languages }: WhenContext): { zone: string; rest: string } {
  const named = /(?<![^ (])(?:utc|gmt|[ecmp]t|cet|mez|[a-z_]+(?:\/[a-z_+-]+){1,2})(?![^ ),.])/.exec(text);
  const byName = named === null ? undefined : findZoneOfTime(named[0]);
  if (byName !== undefined) return { zone: byName, rest: text.replace(named![0], ' ').replace(/[()]/g, ' ').trim() };
  const city = words.zoneOfCity.exec(text);
  // The words before the city are not part of it: of "at 5pm new york" the last two are, then the last one.
  for (let name = city?.[1]; name !== undefined; name = /^\S+ (.*)$/.exec(name)?.[1]) {
    const found = findZone(name, languages);
    if (found !== undefined) return { zone: found, rest: text.slice(0, text.lastIndexOf(name)).trim() };
  }
  return { zone, rest: text };
}

function takeDayPart(words: TimeWords, text: string): { part: DayPart | undefined; rest: string } {
  for (const [pattern, part] of words.dayParts) {
    if (pattern.test(text)) return { part, rest: text.replace(pattern, ' ').replace(/ {2,}/g, ' ').trim() };
  }
  return { part: undefined, rest: text };
}

function readRecurring(words: TimeWords, rule: string, rest: string, part: DayPart | undefined, context: ReadingContext): WhenReading {
  const clock = readTimeOfDay(words, rest, part, context);
  if (clock === 'time-invalid' || clock === 'time-ambiguous') return { ok: false, problem: clock };
  const first = firstOccurrence(rule, clock, context.zone, context.nowMs);
  return first === undefined ? invalid : { ok: true, when: { kind: 'recurring', zone: context.zone, ...first } };
}

function readOnce(reading: DateReading, { nowMs, zone }: ReadingContext, home: string): WhenReading {
  if (reading.kind === 'problem') return { ok: false, problem: reading.problem };
  const instant = reading.kind === 'instant' ? { atMs: reading.atMs } : rewall(reading.wall, zone);
  if (instant === undefined || !(instant.atMs - nowMs <= MAX_AHEAD_MS)) return invalid;
  if (instant.atMs < nowMs) return { ok: false, problem: 'time-past' };
  if (reading.kind === 'instant') return { ok: true, when: { kind: 'elapsed', zone: home, atMs: instant.atMs } };
  return { ok: true, when: { kind: 'wall', wall: reading.wall, zone, ...instant } };
}
