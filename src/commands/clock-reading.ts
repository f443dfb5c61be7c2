/**
 * Which of the two hours a bare `at 7` is.
 *
 * - Said with a half of the day (`am`, `pm`, `in the evening`) or written on the 24-hour clock (`07:00`, `19`, `0:30`):
 *   what it says.
 * - Without a day: the next time that a clock with hands shows it. `at 7`, written at 10:00, is 19:00 today; written
 *   at 20:00, it is 07:00 tomorrow. 12 is noon.
 * - Today: the same, as long as it is today.
 * - On another day, or again and again: in languages that count to twelve the hour between 7:00 and 18:59 (`tomorrow
 *   at 5` is 17:00); in languages that count to twenty-four as it stands (`morgen um 5` is 05:00).
 *
 * The answer reads back the time that was understood.
 */
import type { DayPart } from './language.ts';

export interface ClockReading {
  readonly hour: number;
  readonly minute: number;
  /** Both readings are possible: 1 to 11, without a word or a zero that decides. */
  readonly bare: boolean;
}

/** A clock as it was written, together with the half of the day that was named. Undefined when they contradict: `19 in the morning`. */
export function readClock(hour: number, minute: number, decided: boolean, part: DayPart | undefined): ClockReading | undefined {
  if (part === undefined || (decided && hour > 12)) {
    return part === 'morning' && hour > 12 ? undefined : { hour, minute, bare: !decided && hour >= 1 && hour < 12 };
  }
  return { hour: hourInPart(hour, part), minute, bare: false };
}

function hourInPart(hour: number, part: DayPart): number {
  if (part === 'morning') return hour === 12 ? 0 : hour;
  // 12 and 1 to 5 at night are behind midnight; 12 in the afternoon is noon.
  if (part === 'night') return hour === 12 ? 0 : hour < 6 ? hour : hour + (hour < 12 ? 12 : 0);
  return hour < 12 ? hour + 12 : part === 'evening' ? 0 : 12;
}

/** The hours that `reading` can be, in the order in which they come on a day. */
export function hoursOf(reading: ClockReading): readonly number[] {
  return reading.bare ? [reading.hour, reading.hour + 12] : [reading.hour];
}

/** The hour on a day that is not today. */
export function hourOnDay(reading: ClockReading, bareHours: 'daytime' | 'as-written'): number {
  return reading.bare && bareHours === 'daytime' && reading.hour < 7 ? reading.hour + 12 : reading.hour;
}
