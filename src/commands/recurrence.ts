/** Times that come again: RFC 5545 rules on the clock of a zone. */
import rrule from 'rrule';
import type { DstShift } from './command.ts';
import type { Weekday } from './language.ts';
import { floatingMs, floatingOfWall, rewall, wallOfFloating } from './wall.ts';

export interface Occurrence {
  /** As the rule says, `YYYY-MM-DDTHH:MM`, in a gap too: keep this one, or the rule would drift. */
  readonly wall: string;
  readonly atMs: number;
  readonly shift?: DstShift;
}

const DAY_MS = 86_400_000;

/**
 * The first occurrence whose instant is after `afterMs`. The rule counts on the clock, without a zone; the zone
 * is applied to each result. So an occurrence keeps its wall-clock time over every change of the clocks, one in a
 * gap is moved behind it, one that the clock shows twice happens the first time. Undefined when the rule has ended.
 * Throws on a rule that RFC 5545 does not allow.
 *
 * @param wall  an occurrence of the rule (its DTSTART); none before it exists
 */
export function nextOccurrence(rule: string, wall: string, zone: string, afterMs: number): Occurrence | undefined {
  const start = floatingOfWall(wall);
  const occurrences = new rrule.RRule({ ...rrule.RRule.parseString(rule), dtstart: new Date(start), tzid: null });
  // A day earlier: the clock of an instant in a gap or behind an overlap shows another time than its occurrence.
  let floating = new Date(Math.max(start, floatingMs(afterMs, zone) - DAY_MS) - 1);
  for (;;) {
    const next = occurrences.after(floating);
    if (next === null) return undefined;
    const found = wallOfFloating(next.getTime());
    const instant = rewall(found, zone);
    if (instant === undefined) return undefined;
    if (instant.atMs > afterMs) return { wall: found, ...instant };
    floating = next;
  }
}

/**
 * The first occurrence of a rule that is written now, at `clock` (`HH:MM`). What happens every second week begins
 * with the day that comes next.
 */
export function firstOccurrence(rule: string, clock: string, zone: string, nowMs: number): (Occurrence & { readonly rrule: string }) | undefined {
  const today = wallOfFloating(floatingMs(nowMs, zone)).slice(0, 10);
  const everyTime = rule.replace(/;INTERVAL=\d+/, '');
  const first = nextOccurrence(everyTime, `${today}T${clock}`, zone, nowMs);
  return first && { ...first, rrule: withDay(rule, first.wall) };
}

const WEEKDAYS: readonly Weekday[] = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** `FREQ=WEEKLY` alone depends on where it begins; a rule should say by itself what it means. */
function withDay(rule: string, wall: string): string {
  if (rule.includes(';BY')) return rule;
  if (rule.startsWith('FREQ=WEEKLY')) return `${rule};BYDAY=${WEEKDAYS[new Date(floatingOfWall(wall)).getUTCDay()]}`;
  if (rule.startsWith('FREQ=MONTHLY')) return `${rule};${monthDays(Number(wall.slice(8, 10)))}`;
  return rule;
}

/**
 * A day of the month that every month has: of the 31st its last day, where RFC 5545 §3.3.10 alone would leave out
 * the month. People who pay on the 31st pay in February too.
 */
export function monthDays(day: number): string {
  if (day <= 28) return `BYMONTHDAY=${day}`;
  const days = Array.from({ length: day - 27 }, (_, i) => 28 + i);
  return `BYMONTHDAY=${days.join(',')};BYSETPOS=-1`;
}
