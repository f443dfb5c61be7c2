import type { Call } from '../../../db/tables/calls.ts';
import type { User } from '../../../db/tables/users.ts';
import { done, type Decision, type Desk, type Effect, type Situation } from '../decision.ts';

/**
 * "stop": X's rule is that an opt-out is honoured at once, and ours that it needs no link: whoever is mapped to
 * the account hears no more, nothing acts for him, what was scheduled and what has not connected ends.
 */
export function lookForUnlink(user: User, { calls }: Pick<Desk, 'calls'>, lastsMs: number): Promise<readonly Call[]> {
  return calls.liveOf(user.sipUser, lastsMs);
}

export function unlink({ sipUser }: User, calls: readonly Call[], { texts }: Pick<Situation, 'texts'>): Decision {
  const effects: Effect[] = [
    { do: 'unlink', sipUser },
    { do: 'change-profile', sipUser, changes: { notify: false } },
    { do: 'cancel-all-schedules', sipUser },
    ...calls.filter((call) => call.state !== 'connected').map((call) => ({ do: 'cancel-call', id: call.id }) as const),
  ];
  return { ...done('stop', texts.unlinked({ sipUser }), effects), isFarewell: true };
}
