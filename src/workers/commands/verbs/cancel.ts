import type { Call } from '../../../db/tables/calls.ts';
import type { Schedule } from '../../../db/tables/schedules.ts';
import { done, refused, subjectOf, type CommandOf, type Verb } from '../decision.ts';
import { refusal } from '../policy/refusal.ts';

export interface CancelFacts {
  readonly schedule?: Schedule | undefined;
  readonly calls: readonly Call[];
}

/** "cancel": the call that rings or talks; "cancel 3": what has that number. */
export const cancel: Verb<CommandOf<'cancel'>, CancelFacts> = {
  async look({ number }, { calls, schedules }, { user, policy }) {
    if (number === undefined) return { calls: await calls.liveOf(user.sipUser, policy.lastsMs) };
    return { calls: [], schedule: await schedules.findByNumber(user.sipUser, number) };
  },

  decide({ number }, { schedule, calls }, situation) {
    const { texts } = situation;
    if (number !== undefined) {
      if (schedule?.state !== 'active') return refused(refusal('no-such-number', String(number)), situation);
      const what = subjectOf(schedule, situation.user.locale);
      return done(`cancel ${number}`, texts.cancelledSchedule({ number, what }), [{ do: 'cancel-schedule', id: schedule.id }]);
    }
    const live = calls.find((call) => !call.cancelRequested);
    if (live === undefined) return refused(refusal('nothing-to-cancel'), situation);
    const name = live.targetName;
    const answer = live.state === 'planned' ? texts.cancelledCall({ name }) : texts.stoppingCall({ name });
    return done(`cancel the call to ${name}`, answer, [{ do: 'cancel-call', id: live.id }]);
  },
};
