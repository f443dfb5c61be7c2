import type { CallPolicy } from '../policy/call-policy.ts';
import { refusal, type Refusal } from '../policy/refusal.ts';

/** What a user has scheduled. */
export interface ScheduleRoom {
  readonly active: number;
  /** Of the next one. */
  readonly nextNumber: number;
}

/** Whether there is room for one more; `undefined` when there is. */
export function roomForSchedule({ active }: ScheduleRoom, { schedulesPerUser }: CallPolicy): Refusal | undefined {
  return active >= schedulesPerUser ? refusal('schedules', '', schedulesPerUser) : undefined;
}
