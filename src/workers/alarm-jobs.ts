import type { Alarm } from '../db/tables/alarms.ts';
import { notice } from '../jobs/contract/notice.ts';
import { scheduleDue } from '../jobs/contract/schedule-due.ts';
import { sipCommand } from '../jobs/contract/sip-command.ts';
import { xCommand } from '../jobs/contract/x-command.ts';
import { jobOf } from '../jobs/job-of.ts';
import type { NewJob } from '../jobs/queue.ts';

/**
 * For a sweep that has found a row whose job has ended without it: another job than the one before.
 *
 * @param name  tells it from that one, and from those of other sweeps
 */
export function secondAlarmJob(alarm: Alarm, name: string): NewJob {
  const job = alarmJob(alarm);
  return { ...job, id: `${job.id}~${name}` };
}

/** The job that makes somebody look at a row. Its id comes from the row: adding it again does nothing. */
export function alarmJob(alarm: Alarm): NewJob {
  switch (alarm.job) {
    case 'x-command':
      return jobOf(xCommand, { v: 1, id: alarm.id });
    case 'notice':
      return jobOf(notice, { v: 1, id: alarm.id });
    case 'sip-command':
      return jobOf(sipCommand, { v: 1, verb: alarm.verb, id: alarm.id });
    case 'schedule-due':
      return jobOf(scheduleDue, { v: 1, scheduleId: alarm.scheduleId, dueAt: alarm.dueAtMs }, alarm.dueAtMs);
  }
}
