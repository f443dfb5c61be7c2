/** Days and times as C's `struct tm` has them, in local time or in UTC. */
export interface CalendarTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** From 0, a Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly dayOfYear: number;
  readonly daylightSaving: boolean;
  /** East of Greenwich. */
  readonly offsetMinutes: number;
  /** Abbreviation, such as CET. */
  readonly zone: string;
}

const DAY_MS = 86_400_000;

/** @returns undefined when JavaScript has no date for the time */
export function calendarTime(epochMs: number, utc: boolean): CalendarTime | undefined {
  const local = new Date(epochMs);
  if (Number.isNaN(local.getTime())) return undefined;
  const offsetMinutes = utc ? 0 : 0 - local.getTimezoneOffset();
  // A date whose UTC fields are the local ones.
  const shifted = new Date(epochMs + offsetMinutes * 60_000);
  const year = shifted.getUTCFullYear();
  const firstDay = new Date(shifted).setUTCFullYear(year, 0, 1);
  return {
    year,
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    weekday: shifted.getUTCDay(),
    dayOfYear: Math.round((shifted.getTime() - firstDay) / DAY_MS) + 1,
    daylightSaving: !utc && offsetMinutes !== standardOffsetMinutes(local),
    offsetMinutes,
    zone: utc ? 'GMT' : zoneOf(local),
  };
}

/** Of two offsets in a year the western one is the standard. */
function standardOffsetMinutes(date: Date): number {
  const offsets = [0, 6].map((month) => 0 - new Date(date.getFullYear(), month, 1).getTimezoneOffset());
  return Math.min(...offsets);
}

function zoneOf(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** The fields of a day in local time; what is beyond its range runs over into the next field. */
export interface LocalFields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Milliseconds since the epoch; not a number when JavaScript has no date for it. */
export function epochMsOf({ year, month, day, hour, minute, second }: LocalFields): number {
  const date = new Date(2000, 0, 1, 0, 0, 0, 0);
  date.setFullYear(year, month - 1, day);
  return date.setHours(hour, minute, second, 0);
}
