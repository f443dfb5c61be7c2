import { describe, done, lineOf, refused, timeOf, withZoneHint, type CommandOf, type Verb } from '../decision.ts';
import { plainText } from '../../render/plain-text.ts';
import { roomForSchedule, type ScheduleRoom } from './schedule-room.ts';

/** What fits into a post beside a time, and onto the display of a phone. */
const LONGEST_ABOUT = 140;

/** "remind me at 9 to call mum". */
export const remind: Verb<CommandOf<'remind'>, ScheduleRoom> = {
  async look(_command, { schedules }, { user: { sipUser } }) {
    return { active: await schedules.countActive(sipUser), nextNumber: await schedules.nextNumber(sipUser) };
  },

  decide({ about, when, ring }, room, situation) {
    const { policy, texts, user, commandId, replyTo } = situation;
    const full = roomForSchedule(room, policy);
    if (full !== undefined) return refused(full, situation);
    const schedule = {
      sipUser: user.sipUser,
      number: room.nextNumber,
      kind: 'reminder' as const,
      about: plainText(about, LONGEST_ABOUT),
      ring,
      next: timeOf(when),
      ...(when.kind === 'recurring' ? { rrule: when.rrule } : {}),
      commandId,
      ...(replyTo === undefined ? {} : { replyTo }),
    };
    const line = lineOf(schedule, describe(when, situation), situation);
    return done(`remind at ${new Date(when.atMs).toISOString()}, number ${schedule.number}`, withZoneHint(texts.scheduled({ ...line, ring }), when, situation), [{ do: 'add-schedule', schedule }]);
  },
};
