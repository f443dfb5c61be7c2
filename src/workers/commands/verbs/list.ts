import type { Call } from '../../../db/tables/calls.ts';
import type { Schedule } from '../../../db/tables/schedules.ts';
import { linesThatFit } from '../../answers/lines-that-fit.ts';
import { describe, done, lineOf, whenOf, type CommandOf, type Verb } from '../decision.ts';

/** Of a direct message; under a post there is less room. */
const MOST_LINES = 25;

export interface ListFacts {
  readonly calls: readonly Call[];
  readonly schedules: readonly Schedule[];
  readonly active: number;
}

/** "list": what is scheduled, the next first. */
export const list: Verb<CommandOf<'list'>, ListFacts> = {
  async look(_command, { calls, schedules }, { user: { sipUser }, policy }) {
    return {
      calls: await calls.liveOf(sipUser, policy.lastsMs),
      schedules: await schedules.activeOf(sipUser, MOST_LINES),
      active: await schedules.countActive(sipUser),
    };
  },

  decide(_command, { calls, schedules, active }, situation) {
    const { texts, replyTo } = situation;
    const now = calls.filter((call) => call.kind === 'call').map((call) => texts.liveCall({ name: call.targetName }));
    const later = schedules.map((schedule) => texts.listLine(lineOf(schedule, describe(whenOf(schedule.next!), situation), situation)));
    if (now.length + later.length === 0) return done('list', texts.nothingScheduled);
    const most = replyTo === undefined ? later.length : linesThatFit(now, later, (left) => texts.listMore({ more: active - left }));
    const end = most < active ? [texts.listMore({ more: active - most })] : replyTo === undefined ? [texts.listHelp] : [];
    return done('list', [...now, ...later.slice(0, most), ...end].join('\n'));
  },
};
