import type { LedgerEntry } from '../../db/tables/ledger-entry.ts';
import type { PacedX } from './paced-x.ts';
import { bearsReference } from '../render/reference.ts';

/** What X says about a message of which we do not know whether it was sent. */
export type Sight =
  | { readonly kind: 'found'; readonly remoteId: string }
  /** The list is complete and does not have it. */
  | { readonly kind: 'absent' }
  /** The list is too long to be read to its end. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** As far as X's clock and the database's may differ. */
const CLOCK_SKEW_MS = 10 * 60_000;
/** The most that the port reads: five of the fifteen calls that X allows in a quarter of an hour. */
const MAX_LISTED = 500;

/**
 * Looks for the message in the conversation with its recipient, from the time it was planned on.
 *
 * @throws XFailure
 */
export async function lookUpSent(entry: LedgerEntry, x: PacedX): Promise<Sight> {
  const messages = await x.findDirectMessages({
    participantId: entry.recipient,
    sinceMs: entry.createdAt.getTime() - CLOCK_SKEW_MS,
    limit: MAX_LISTED,
  });
  // A conversation of two: what is not from them is from us. They may well quote our message.
  const own = messages.find(({ senderId, text }) => senderId !== entry.recipient && bearsReference(text, entry.id));
  if (own !== undefined) return { kind: 'found', remoteId: own.id };
  if (messages.length < MAX_LISTED) return { kind: 'absent' };
  return { kind: 'unclear', reason: `more than ${MAX_LISTED} messages were exchanged since; it is not among them` };
}
