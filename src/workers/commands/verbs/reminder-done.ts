import type { Call } from '../../../db/tables/calls.ts';
import type { Schedule } from '../../../db/tables/schedules.ts';
import { done, refused, subjectOf, type CommandOf, type Effect, type Verb } from '../decision.ts';
import { refusal } from '../policy/refusal.ts';
import { LAST_REMINDER_MS } from './last-reminder.ts';

export interface ReminderDoneFacts {
  readonly reminder: Schedule | undefined;
  readonly calls: readonly Call[];
}

/** "done": the phone stops ringing for the reminder that came last, and it does not come again if it was put off. */
export const reminderDone: Verb<CommandOf<'done'>, ReminderDoneFacts> = {
  async look(_command, { schedules, calls }, { user: { sipUser }, policy }) {
    return { reminder: await schedules.lastReminder(sipUser, LAST_REMINDER_MS), calls: await calls.liveOf(sipUser, policy.lastsMs) };
  },

  decide(_command, { reminder, calls }, situation) {
    if (reminder === undefined || reminder.state === 'cancelled') return refused(refusal('no-reminder'), situation);
    const ringing = calls.filter(({ id, kind, cancelRequested }) => kind === 'announcement' && !cancelRequested && id.startsWith(`schedule:${reminder.id}:`));
    const isPutOff = reminder.state === 'active' && reminder.rrule === undefined;
    const effects: Effect[] = [
      ...ringing.map((call) => ({ do: 'cancel-call', id: call.id }) as const),
      ...(isPutOff ? [{ do: 'cancel-schedule', id: reminder.id } as const] : []),
    ];
    return done(`done with ${reminder.number}`, situation.texts.reminderDone({ what: subjectOf(reminder, situation.user.locale) }), effects);
  },
};
