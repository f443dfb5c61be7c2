import { rewall } from '../../commands/wall.ts';
import type { Alarm } from '../../db/tables/alarms.ts';
import type { Schedule, SchedulesTable } from '../../db/tables/schedules.ts';
import type { JobSink } from '../../jobs/queue.ts';
import { alarmJob, secondAlarmJob } from '../alarm-jobs.ts';
import type { SweepStep } from './step.ts';

const MINUTE_MS = 60_000;
/** Schedules whose zone is looked at in one sweep. */
const ZONES_AT_ONCE = 500;

/**
 * Rows that somebody should have dealt with get another job. A queue remembers the ids of jobs that have ended,
 * so this one has a new id in each minute: the row decides whether there is still something to do.
 *
 * @param againMs  gives a row a new job no more often than that
 */
export function lostJobs(name: string, overdue: (nowMs: number) => Promise<readonly Alarm[]>, sink: JobSink, againMs = MINUTE_MS): SweepStep {
  return {
    name,
    async run(nowMs) {
      const alarms = await overdue(nowMs);
      if (alarms.length > 0) await sink.addBatch(alarms.map((alarm) => secondAlarmJob(alarm, String(Math.floor(nowMs / againMs)))));
      return alarms.length;
    },
  };
}

/**
 * Schedules that come up before the next sweep but one get the alarm clock that they should have. Where it is
 * still there its id makes this one and the same; after an emptied Redis it is the only one.
 */
export function comingAlarms(due: (untilMs: number) => Promise<readonly Schedule[]>, sink: JobSink, aheadMs: number): SweepStep {
  return {
    name: 'alarm clocks of schedules',
    async run(nowMs) {
      const coming = (await due(nowMs + aheadMs)).flatMap(({ id, next }) => (next === undefined || next.atMs <= nowMs ? [] : [{ id, dueAtMs: next.atMs }]));
      if (coming.length > 0) await sink.addBatch(coming.map(({ id, dueAtMs }) => alarmJob({ job: 'schedule-due', scheduleId: id, dueAtMs })));
      return 0;
    },
  };
}

/**
 * A schedule means a time on the clocks of a zone. When governments change the zone's rules, and a new version
 * of Node knows them, its instant is another: the wall-clock time stays, a few hundred schedules a sweep.
 */
export function zoneRules(schedules: Pick<SchedulesTable, 'activeAfter' | 'setInstant'>): SweepStep {
  let lastId = '0';
  return {
    name: 'schedules whose zone has other rules',
    async run() {
      const page = await schedules.activeAfter(lastId, ZONES_AT_ONCE);
      lastId = page.length < ZONES_AT_ONCE ? '0' : page.at(-1)!.id;
      let changed = 0;
      for (const { id, next } of page) {
        const instant = next?.wall === undefined ? undefined : rewall(next.wall, next.zone);
        if (instant === undefined || instant.atMs === next!.atMs) continue;
        if (await schedules.setInstant(id, { from: next!.atMs, to: instant.atMs })) changed += 1;
      }
      return changed;
    },
  };
}
