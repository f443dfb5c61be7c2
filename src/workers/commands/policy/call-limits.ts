import type { CallUsage } from '../../../db/tables/calls.ts';
import type { CallPolicy } from './call-policy.ts';
import { refusal, type Refusal } from './refusal.ts';

/** Whether there is room for one more call; `undefined` when there is. */
export function exceededLimit(usage: CallUsage, policy: CallPolicy, name: string): Refusal | undefined {
  if (usage.userActive >= policy.activePerUser) return refusal('user-active', name, policy.activePerUser);
  if (usage.allActive >= policy.activeInAll) return refusal('all-active', name);
  if (usage.userToday >= policy.perUserPerDay) return refusal('user-today', name, policy.perUserPerDay);
  if (usage.destinationToday >= policy.perDestinationPerDay) return refusal('destination-today', name, policy.perDestinationPerDay);
  if (usage.allToday >= policy.perDay) return refusal('all-today', name);
  return undefined;
}
