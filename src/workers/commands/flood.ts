import type { CommandsTable, StoredCommand } from '../../db/tables/commands.ts';
import { refusal, refusalReason } from './policy/refusal.ts';

export interface FloodLimits {
  readonly perMinute: number;
  readonly perHour: number;
}

/** For accounts that cannot do anything but link: past it a wrong code is not answered, which costs money and brings nobody anything. */
export const STRANGER_LIMITS: FloodLimits = Object.freeze({ perMinute: 5, perHour: 10 });

/** What to do about one command too many: the first is answered, those behind it are not, until the window is over. */
export interface Flood {
  readonly reason: string;
  readonly isFirst: boolean;
}

const TOO_OFTEN = refusal('too-often');
const MINUTE_MS = 60_000;
const HOUR_MS = 3600_000;

/**
 * Whether the author has written more than he may. Counted by when he wrote, not by when we read: after an
 * outage of ours a whole evening comes at once.
 */
export async function findFlood(command: StoredCommand, commands: Pick<CommandsTable, 'countHandled'>, limits: FloodLimits): Promise<Flood | undefined> {
  for (const [withinMs, limit] of [[MINUTE_MS, limits.perMinute], [HOUR_MS, limits.perHour]] as const) {
    const { all, turnedDown } = await commands.countHandled(command.authorId, command.postedAtMs, withinMs, TOO_OFTEN.code);
    if (all - turnedDown < limit) continue;
    return { reason: refusalReason({ ...TOO_OFTEN, limit }), isFirst: turnedDown === 0 };
  }
  return undefined;
}
