import type { Schedule } from '../../../db/tables/schedules.ts';
import { describe, done, lineOf, refused, whenOf, type CommandOf, type Effect, type Verb } from '../decision.ts';
import { refusal } from '../policy/refusal.ts';
import { LAST_REMINDER_MS } from './last-reminder.ts';
import { roomForSchedule, type ScheduleRoom } from './schedule-room.ts';

export interface SnoozeFacts extends ScheduleRoom {
  readonly reminder: Schedule | undefined;
}

/**
 * "snooze 10": the reminder that came last comes again in ten minutes. One that comes again anyway keeps its
 * times, and its copy gets a number of its own.
 */
export const snooze: Verb<CommandOf<'snooze'>, SnoozeFacts> = {
  async look(_command, { schedules }, { user: { sipUser } }) {
    return {
      reminder: await schedules.lastReminder(sipUser, LAST_REMINDER_MS),
      active: await schedules.countActive(sipUser),
      nextNumber: await schedules.nextNumber(sipUser),
    };
  },

  decide({ minutes }, facts, situation) {
    const { reminder } = facts;
    const { policy, texts, commandId, replyTo, nowMs, zone } = situation;
    if (reminder === undefined || reminder.state === 'cancelled') return refused(refusal('no-reminder'), situation);
    const next = { atMs: nowMs + minutes * 60_000, zone };
    const { sipUser, kind, about, ring } = reminder;
    const isCopy = reminder.rrule !== undefined;
    const isNew = isCopy || reminder.state !== 'active';
    const full = isNew ? roomForSchedule(facts, policy) : undefined;
    if (full !== undefined) return refused(full, situation);

    const number = isCopy ? facts.nextNumber : reminder.number;
    const effect: Effect = isCopy
      ? {
          do: 'add-schedule',
          schedule: { sipUser, number, kind, ring, next, commandId, ...(about === undefined ? {} : { about }), ...(replyTo === undefined ? {} : { replyTo }) },
        }
      : { do: 'move-schedule', id: reminder.id, times: { next, commandId } };
    const line = lineOf({ number, kind, ...(about === undefined ? {} : { about }) }, describe(whenOf(next), situation), situation);
    return done(`snooze ${minutes} minutes, number ${number}`, texts.snoozed(line), [effect]);
  },
};
