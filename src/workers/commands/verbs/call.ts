import type { When } from '../../../commands/command.ts';
import type { CallUsage } from '../../../db/tables/calls.ts';
import { describe, done, lineOf, refused, timeOf, withZoneHint, type CommandOf, type Decision, type Desk, type Situation, type Verb } from '../decision.ts';
import { findTarget } from '../find-target.ts';
import { exceededLimit } from '../policy/call-limits.ts';
import { permitDestination, type Permission } from '../policy/destination.ts';
import { roomForSchedule, type ScheduleRoom } from './schedule-room.ts';

export interface CallFacts {
  readonly permission: Permission;
  /** For a call now. */
  readonly usage?: CallUsage;
  /** For a call at a time. */
  readonly room?: ScheduleRoom;
}

/** "call @alice", now or at a time. */
export const call: Verb<CommandOf<'call'>, CallFacts> = {
  async look(command, desk, situation) {
    const permission = permitDestination(await findTarget(command.target, desk, situation.policy), situation.policy, situation.user);
    return factsOfCall(permission, command.when !== undefined, desk, situation);
  },

  decide({ when }, { permission, usage, room }, situation) {
    if (!permission.ok) return refused(permission.refusal, situation);
    return when === undefined ? callNow(permission, usage!, situation) : callLater(permission, when, room!, situation);
  },
};

/** What else has to be known for a call to somebody who may be called. */
export async function factsOfCall(permission: Permission, isLater: boolean, desk: Desk, { user, policy }: Situation): Promise<CallFacts> {
  if (!permission.ok) return { permission };
  if (isLater) {
    const [active, nextNumber] = [await desk.schedules.countActive(user.sipUser), await desk.schedules.nextNumber(user.sipUser)];
    return { permission, room: { active, nextNumber } };
  }
  await desk.calls.lockLimits();
  return { permission, usage: await desk.calls.usage(user.sipUser, permission.destination.uri, policy.lastsMs) };
}

/** Calls at once if the limits allow it. */
export function callNow({ destination }: Permission & { ok: true }, usage: CallUsage, situation: Situation): Decision {
  const { policy, texts, user, commandId, replyTo, nowMs } = situation;
  const full = exceededLimit(usage, policy, destination.name);
  if (full !== undefined) return refused(full, situation);
  const planned = {
    id: `call:${commandId}`,
    kind: 'call' as const,
    sipUser: user.sipUser,
    target: destination.uri,
    targetName: destination.name,
    ...(destination.sipUser === undefined ? {} : { targetSipUser: destination.sipUser }),
    expiresAtMs: nowMs + policy.graceMs,
    commandId,
    ...(replyTo === undefined ? {} : { replyTo }),
  };
  return done(`call ${destination.name}`, texts.calling({ name: destination.name }), [{ do: 'plan-call', call: planned }]);
}

/** Calls at a time if there is room for one more schedule. Limits on calls count when it is due. */
export function callLater({ destination }: Permission & { ok: true }, when: When, room: ScheduleRoom, situation: Situation): Decision {
  const { policy, texts, user, commandId, replyTo } = situation;
  const full = roomForSchedule(room, policy);
  if (full !== undefined) return refused(full, situation);
  const schedule = {
    sipUser: user.sipUser,
    number: room.nextNumber,
    kind: 'call' as const,
    target: destination.uri,
    targetName: destination.name,
    ...(destination.sipUser === undefined ? {} : { targetSipUser: destination.sipUser }),
    ring: false,
    next: timeOf(when),
    ...(when.kind === 'recurring' ? { rrule: when.rrule } : {}),
    commandId,
    ...(replyTo === undefined ? {} : { replyTo }),
  };
  const line = lineOf(schedule, describe(when, situation), situation);
  const reason = `call ${destination.name} at ${new Date(when.atMs).toISOString()}, number ${schedule.number}`;
  return done(reason, withZoneHint(texts.scheduled({ ...line, ring: false }), when, situation), [{ do: 'add-schedule', schedule }]);
}
