import { isTimeZone } from '../../base/time-zone.ts';

/** A moment as the clock on the reader's wall shows it. */
export interface LocalTime {
  /** `14:05` */
  readonly clock: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 1 to 31 */
  readonly day: number;
  /** 1 to 12 */
  readonly month: number;
  /** True when the zone is UTC, which is hardly anybody's: the reader is to be told. */
  readonly isUtc: boolean;
}

/** @param timeZone IANA name; for one that this system does not know the time is UTC */
export function localTime(atMs: number, timeZone: string): LocalTime {
  const zone = isTimeZone(timeZone) ? timeZone : 'UTC';
  const parts = new Map(formatIn(zone).formatToParts(atMs).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  const [year, month, day] = [Number(part('year')), Number(part('month')), Number(part('day'))];
  return {
    clock: `${part('hour').padStart(2, '0')}:${part('minute').padStart(2, '0')}`,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
    day,
    month,
    isUtc: zone === 'UTC' || zone === 'Etc/UTC',
  };
}

const MOST_FORMATS = 500;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept, since to make one takes longer than all else that a message takes to be written. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  const before = formats.get(timeZone);
  if (before !== undefined) return before;
  // Only digits are asked of the system: names of days and months differ between its versions.
  const format = new Intl.DateTimeFormat('en-u-nu-latn-ca-gregory', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(timeZone, format);
  return format;
}

/**
 * The zone to tell somebody the time in: their own, or `fallback` when they have none. The users
 * table says `UTC` of who never chose; who really wants it says `Etc/UTC`.
 */
export function zoneOf(own: string, fallback: string): string {
  return own === 'UTC' || !isTimeZone(own) ? fallback : own;
}
