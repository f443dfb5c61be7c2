import type { Call } from '../../db/tables/calls.ts';
import type { PlannedEffect } from '../../db/tables/ledger-entry.ts';
import type { User } from '../../db/tables/users.ts';
import type { CallEvent } from '../../jobs/contract/call-event.ts';
import { finishedText } from '../answers/answer.ts';
import { answerTextsFor } from '../answers/catalogue.ts';

/** How a call ended otherwise than it should. */
export type CallTrouble =
  | { readonly kind: 'failed'; readonly party: CallEvent['party']; readonly cause: NonNullable<CallEvent['cause']> }
  | { readonly kind: 'missed' }
  | { readonly kind: 'interrupted' };

/** Id of the row that says how the call ended. */
export function outcomeId(callId: string): string {
  return `outcome:${callId}`;
}

/**
 * What its user is told of it; `undefined` for nothing: he has ended it himself, the reminder that the
 * announcement is about has reached him as a message, or his account may not be written to any more.
 */
export function outcomeOf(call: Call, trouble: CallTrouble, user: User | undefined): PlannedEffect | undefined {
  if (call.kind === 'announcement' || call.cancelRequested) return undefined;
  if (trouble.kind === 'failed' && trouble.cause === 'cancelled') return undefined;
  if (user?.xUserId === undefined || user.linkedAt === undefined) return undefined;
  const id = outcomeId(call.id);
  const { replyTo } = call;
  return {
    id,
    kind: 'outcome',
    recipient: user.xUserId,
    // Where it cannot be told in private the delivery says no more than that there is something.
    content: finishedText(textOf(call, trouble, user.locale), id, { underPost: false }),
    callId: call.id,
    sipUser: call.sipUser,
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

function textOf(call: Call, trouble: CallTrouble, locale: string): string {
  const texts = answerTextsFor(locale);
  const name = call.targetName;
  switch (trouble.kind) {
    case 'failed':
      // Neither phone had to do with it: the service was stopped, or had no room.
      if (trouble.cause === 'internal' && trouble.party === undefined) return texts.callInterrupted({ name, talked: false });
      return texts.callFailed({ name, party: trouble.party, cause: trouble.cause });
    case 'missed':
      return texts.callMissed({ name });
    case 'interrupted':
      return texts.callInterrupted({ name, talked: call.connectedAt !== undefined });
  }
}
