import type { User } from '../../../db/tables/users.ts';
import { done, type Decision, type Situation } from '../decision.ts';

/**
 * "stop": X's rule is that an opt-out is honoured at once, and ours that it needs no link: whoever is mapped to
 * the account hears no more, nothing acts for him, what was scheduled and what has not connected ends.
 */
export function unlink({ sipUser }: Pick<User, 'sipUser'>, { texts }: Pick<Situation, 'texts'>): Decision {
  return { ...done('stop', texts.unlinked({ sipUser }), [{ do: 'unlink', sipUser }]), isFarewell: true };
}
