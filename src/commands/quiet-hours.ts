import { DateTime } from 'luxon';

/** A span of the day in which somebody is not to be disturbed: wall-clock times `HH:MM` in an IANA zone. */
export interface QuietHours {
  readonly from: string;
  /** Before `from` it is on the next day. */
  readonly to: string;
  readonly zone: string;
}

const TIME = /^([01]\d|2[0-3]):([0-5]\d)$/;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Longer than any step of a clock that daylight saving makes, in minutes. */
const LONGEST_STEP_MINUTES = 180;

/**
 * When the quiet hours that `nowMs` falls into end, in milliseconds since the epoch; `undefined`
 * outside of them. The clock on the wall decides: a night in which it is changed is an hour shorter
 * or longer. An end that the change skips is the moment of the change, and one that comes twice
 * counts the first time it comes after `nowMs`. Equal times, a time that is none, or a zone that
 * nobody knows mean no quiet hours.
 */
export function quietUntil(nowMs: number, { from, to, zone }: QuietHours): number | undefined {
  const now = DateTime.fromMillis(nowMs, { zone });
  const begin = minuteOf(from);
  const end = minuteOf(to);
  if (!now.isValid || begin === undefined || end === undefined || begin === end) return undefined;
  const minute = now.hour * 60 + now.minute;
  const isQuiet = begin < end ? minute >= begin && minute < end : minute >= begin || minute < end;
  if (!isQuiet) return undefined;
  for (const day of [now, now.plus({ days: 1 })]) {
    const untilMs = momentsOf(day, end).find((ms) => ms > nowMs);
    if (untilMs !== undefined) return untilMs;
  }
  // Between two days the clock was stepped over `to` and back over `from`: no zone has done that.
  return undefined;
}

function minuteOf(time: string): number | undefined {
  const match = TIME.exec(time);
  return match === null ? undefined : Number(match[1]) * 60 + Number(match[2]);
}

/** When the clock shows that minute on that day, in order: once as a rule. */
function momentsOf(day: DateTime, minute: number): readonly number[] {
  const at = day.set({ hour: Math.floor(minute / 60), minute: minute % 60, second: 0, millisecond: 0 });
  if (at.hour * 60 + at.minute !== minute) return [stepBefore(at)];
  const twins = [-2, -1, -0.5, 0, 0.5, 1, 2].map((hours) => at.plus(hours * HOUR_MS));
  return twins.filter((one) => one.hour === at.hour && one.minute === at.minute).map((one) => one.toMillis());
}

/** The moment at which the clock was put forward, found from one shortly behind it. */
function stepBefore(at: DateTime): number {
  let moment = at;
  for (let steps = 0; steps < LONGEST_STEP_MINUTES; steps += 1) {
    const before = moment.minus(MINUTE_MS);
    if (before.offset !== moment.offset) break;
    moment = before;
  }
  return moment.toMillis();
}
