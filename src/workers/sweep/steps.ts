import { notice } from '../../jobs/contract/notice.ts';
import { scheduleDue } from '../../jobs/contract/schedule-due.ts';
import { sipCommand } from '../../jobs/contract/sip-command.ts';
import { xCommand } from '../../jobs/contract/x-command.ts';
import type { JobSink } from '../../jobs/queue.ts';
import { addJobsAgain } from './lost-jobs.ts';
import type { SweepStep } from './step.ts';

/** Ids of rows that have waited for longer than any job of theirs takes, the oldest first, a bounded number. */
type Waiting = (olderThanMs: number) => Promise<readonly string[]>;

/** An active schedule as far as its alarm clock needs it. */
interface DueSchedule {
  readonly id: string;
  readonly next: { readonly atMs: number } | undefined;
}

/** How long a row may wait before its job counts as lost. Jobs take some hundredths of a second. */
const LOST_AFTER_MS = 20_000;
/** Deliveries wait for rate limits by themselves; these have jobs that rest. */
const LOST_NOTICE_AFTER_MS = 60_000;

/** Commands that nobody has handled. */
export function lostCommands(waiting: Waiting, sink: JobSink): SweepStep {
  return {
    name: 'commands without a job',
    run: async (nowMs) => addJobsAgain(sink, xCommand, (await waiting(LOST_AFTER_MS)).map((id) => ({ v: 1 as const, id })), nowMs),
  };
}

/** Messages that nobody delivers. */
export function lostNotices(waiting: Waiting, sink: JobSink): SweepStep {
  return {
    name: 'messages without a job',
    run: async (nowMs) => addJobsAgain(sink, notice, (await waiting(LOST_NOTICE_AFTER_MS)).map((id) => ({ v: 1 as const, id })), nowMs),
  };
}

/** Calls or SIP messages that no SIP process has claimed. */
export function lostSipCommands(verb: 'call' | 'message', waiting: Waiting, sink: JobSink): SweepStep {
  return {
    name: `${verb}s without a job`,
    run: async (nowMs) => addJobsAgain(sink, sipCommand, (await waiting(LOST_AFTER_MS)).map((id) => ({ v: 1 as const, verb, id })), nowMs),
  };
}

/**
 * Schedules that are due until the next sweep, and those whose time is over: each gets its alarm clock. One
 * that has it already is told apart by its id, so that in the end only what was lost is added.
 */
export function lostAlarms(due: (untilMs: number) => Promise<readonly DueSchedule[]>, sink: JobSink, aheadMs: number): SweepStep {
  return {
    name: 'schedules without an alarm clock',
    async run(nowMs) {
      const schedules = (await due(nowMs + aheadMs)).flatMap(({ id, next }) => (next === undefined ? [] : [{ id, atMs: next.atMs }]));
      const payloads = schedules.map(({ id, atMs }) => ({ v: 1 as const, scheduleId: id, dueAt: atMs }));
      const overdue = payloads.filter(({ dueAt }) => dueAt < nowMs - LOST_AFTER_MS);
      const coming = payloads.filter(({ dueAt }) => dueAt >= nowMs - LOST_AFTER_MS);
      if (coming.length > 0) {
        const { name } = scheduleDue;
        await sink.addBatch(coming.map((payload) => ({ queue: name, name, id: scheduleDue.id(payload), data: scheduleDue.encode(payload), atMs: payload.dueAt })));
      }
      return addJobsAgain(sink, scheduleDue, overdue, nowMs);
    },
  };
}
