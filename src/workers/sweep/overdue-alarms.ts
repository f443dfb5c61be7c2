import type { Alarm } from '../../db/tables/alarms.ts';
import type { Tables } from '../../db/transactions.ts';

/**
 * Rows of commands, calls, SIP messages and schedules that somebody should have dealt with by now: their jobs
 * are lost, with an emptied Redis say. For the sweep, which gives them new ones; at most a hundred of each kind
 * at a time, the longest waiting first. Planned rows of the ledger are the delivery's.
 *
 * @param patienceMs  how long a row may wait before its job counts as lost
 */
export async function overdueAlarms(tables: Pick<Tables, 'commands' | 'calls' | 'sipMessages' | 'schedules'>, nowMs: number, patienceMs: number): Promise<readonly Alarm[]> {
  const { commands, calls, sipMessages, schedules } = tables;
  const [waiting, unclaimedCalls, unclaimedMessages, due] = await Promise.all([
    commands.waitingLongerThan(patienceMs),
    calls.unclaimed(patienceMs),
    sipMessages.unclaimed(patienceMs),
    schedules.due(nowMs - patienceMs),
  ]);
  return [
    ...waiting.map((id) => ({ job: 'x-command', id }) as const),
    ...unclaimedCalls.map((id) => ({ job: 'sip-command', verb: 'call', id }) as const),
    ...unclaimedMessages.map((id) => ({ job: 'sip-command', verb: 'message', id }) as const),
    ...due.map(({ id, next }) => ({ job: 'schedule-due', scheduleId: id, dueAtMs: next!.atMs }) as const),
  ];
}
