import type { Schedule } from '../../../db/tables/schedules.ts';
import { describe, done, lineOf, refused, timeOf, withZoneHint, type CommandOf, type Verb } from '../decision.ts';
import { refusal } from '../policy/refusal.ts';

/**
 * "move 3 to 18:00". One that comes again and again goes on at the new time of day from there; a new
 * rule takes the place of the old one.
 */
export const move: Verb<CommandOf<'move'>, Schedule | undefined> = {
  look({ number }, { schedules }, { user }) {
    return schedules.findByNumber(user.sipUser, number);
  },

  decide({ number, when }, schedule, situation) {
    if (schedule?.state !== 'active') return refused(refusal('no-such-number', String(number)), situation);
    const { texts, commandId } = situation;
    // "Twenty minutes from now" is no time of day that a rule could go on with.
    const once = when.kind === 'elapsed' && schedule.rrule !== undefined ? null : undefined;
    const rrule = when.kind === 'recurring' ? when.rrule : once;
    const rule = rrule === undefined ? schedule.rrule : (rrule ?? undefined);
    const { rrule: _old, ...rest } = schedule;
    const line = lineOf({ ...rest, ...(rule === undefined ? {} : { rrule: rule }) }, describe(when, situation), situation);
    const times = { next: timeOf(when), commandId, ...(rrule === undefined ? {} : { rrule }) };
    return done(`move ${number} to ${new Date(when.atMs).toISOString()}`, withZoneHint(texts.moved(line), when, situation), [{ do: 'move-schedule', id: schedule.id, times }]);
  },
};
