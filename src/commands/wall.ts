/** Times on somebody's clock, and the instants that they are. */
import { DateTime } from 'luxon';
import type { DstShift } from './command.ts';

export const WALL_FORMAT = "yyyy-MM-dd'T'HH:mm";

export interface Instant {
  readonly atMs: number;
  /** See `DstShift`. In a gap the time is later by what the clocks were moved by: 02:30 is 03:30. */
  readonly shift?: DstShift;
}

/**
 * The instant of a wall-clock time `YYYY-MM-DDTHH:MM` in an IANA zone, by the zone's rules as they are known now:
 * to be asked again when these have changed. Undefined for what is no time or no zone.
 */
export function rewall(wall: string, zone: string): Instant | undefined {
  const fields = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)$/.exec(wall)?.slice(1).map(Number);
  if (fields === undefined) return undefined;
  const [year, month, day, hour, minute] = fields;
  const time = DateTime.fromObject({ year, month, day, hour, minute } as Record<string, number>, { zone });
  if (!time.isValid) return undefined;
  // A day can be missing as a whole, where a zone changes sides of the date line.
  if (time.toFormat(WALL_FORMAT) !== wall) return { atMs: time.toMillis(), shift: 'gap' };
  const instants = time.getPossibleOffsets().map((possible) => possible.toMillis());
  return instants.length > 1 ? { atMs: Math.min(...instants), shift: 'overlap' } : { atMs: time.toMillis() };
}

/** What a clock in `zone` shows: `YYYY-MM-DDTHH:MM`. */
export function wallOf(atMs: number, zone: string): string {
  return DateTime.fromMillis(atMs, { zone }).toFormat(WALL_FORMAT);
}

/**
 * The wall clock of `zone` as if it were UTC. Arithmetic on such a time knows no daylight saving and no zone of
 * the host; `rewall` makes an instant of the result.
 */
export function floatingMs(atMs: number, zone: string): number {
  return DateTime.fromMillis(atMs, { zone }).setZone('utc', { keepLocalTime: true }).toMillis();
}

/** The wall-clock time that a floating one stands for. */
export function wallOfFloating(floating: number): string {
  return DateTime.fromMillis(floating, { zone: 'utc' }).toFormat(WALL_FORMAT);
}

/** The floating time of `YYYY-MM-DDTHH:MM`; NaN for anything else. */
export function floatingOfWall(wall: string): number {
  return Date.parse(`${wall}:00Z`);
}
