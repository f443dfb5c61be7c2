import { AppError } from '../../base/errors.ts';
import type { LedgerEntry } from '../../db/tables/ledger-entry.ts';
import type { User } from '../../db/tables/users.ts';
import { XFailure } from '../../x/port.ts';
import { FAILURE_POLICY } from './failure-policy.ts';
import type { PacedX } from './paced-x.ts';
import type { Users } from './ports.ts';
import { isAnswer } from './rules.ts';

/** Who gets the messages of a SIP user, or why nobody does. */
export type Recipient =
  | { readonly kind: 'account'; readonly xUserId: string; readonly user: User }
  | { readonly kind: 'nobody'; readonly reason: string };

/** Whether a message may go to whom it was planned for. */
export type Admission =
  | { readonly kind: 'yes'; readonly user: User | undefined }
  | { readonly kind: 'no'; readonly reason: string };

function nobody(reason: string): Recipient & { kind: 'nobody' } {
  return { kind: 'nobody', reason };
}

/** Looks the SIP user's mapping up. @throws XFailure when X has to be asked and cannot say now */
async function findRecipient(sipUser: string, users: Users, x: PacedX): Promise<Recipient> {
  const user = await users.findBySipUser(sipUser);
  return knownRecipient(sipUser, user) ?? askRecipient(user!, users, x);
}

/** What the mapping says by itself; `undefined` when X has to be asked for the account's id. */
export function knownRecipient(sipUser: string, user: User | undefined): Recipient | undefined {
  if (user === undefined) return notMapped(sipUser);
  if (!user.notify) return nobody(`"${sipUser}" wants no messages about missed calls`);
  return user.xUserId === undefined ? undefined : { kind: 'account', xUserId: user.xUserId, user };
}

/**
 * X is asked for the account's id once in the life of a mapping: ids outlive a change of name, and
 * each lookup costs money.
 *
 * @throws XFailure when X cannot say now
 */
export async function askRecipient(user: User, users: Users, x: PacedX): Promise<Recipient> {
  const { sipUser, xUser } = user;
  let xUserId: string | undefined;
  try {
    xUserId = (await x.findUserByName(xUser))?.id;
  } catch (thrown) {
    if (thrown instanceof XFailure && FAILURE_POLICY[thrown.class] === 'refuse') {
      return nobody(`X does not tell who "@${xUser}" is: ${thrown.reason}`);
    }
    throw thrown;
  }
  if (xUserId === undefined) return nobody(`X knows no user "@${xUser}"`);
  try {
    await users.setXUserId(sipUser, xUserId);
  } catch (thrown) {
    // The mapping was removed meanwhile, or the account is another SIP user's: neither is to be written to.
    if (thrown instanceof AppError && (thrown.code === 'user.unknown' || thrown.code === 'user.exists')) {
      return nobody(thrown.message);
    }
    throw thrown;
  }
  return { kind: 'account', xUserId, user: { ...user, xUserId } };
}

/**
 * Asked each time before a message is sent, since minds change while it waits:
 * - an answer goes to whoever wrote the words that it answers;
 * - how a call ended, and a reminder, only to an account that is still linked;
 * - what nobody asked for, missed calls and instant messages, only to who wants to be told.
 *
 * @param justRead  the SIP user, when he was looked up a moment ago and may get messages
 * @throws XFailure when X cannot say now who that is
 */
export async function admit(entry: LedgerEntry, users: Users, x: PacedX, justRead?: User): Promise<Admission> {
  const { sipUser } = entry;
  if (justRead !== undefined && justRead.sipUser === sipUser && justRead.xUserId === entry.recipient) return { kind: 'yes', user: justRead };
  if (isAnswer(entry)) return { kind: 'yes', user: sipUser === undefined ? undefined : await users.findBySipUser(sipUser) };
  if (sipUser === undefined) return { kind: 'no', reason: 'it names no SIP user who has agreed to be told' };
  if (entry.kind === 'outcome' || entry.kind === 'reminder') {
    const user = await users.findBySipUser(sipUser);
    if (user === undefined) return { kind: 'no', reason: notMapped(sipUser).reason };
    const isLinked = user.linkedAt !== undefined && user.xUserId === entry.recipient;
    return isLinked ? { kind: 'yes', user } : { kind: 'no', reason: `"${sipUser}" is not linked to that X account any more` };
  }
  const recipient = await findRecipient(sipUser, users, x);
  if (recipient.kind === 'nobody') return { kind: 'no', reason: recipient.reason };
  if (recipient.xUserId === entry.recipient) return { kind: 'yes', user: recipient.user };
  return { kind: 'no', reason: `"${sipUser}" was mapped to another X user while it waited` };
}

function notMapped(sipUser: string): Recipient & { kind: 'nobody' } {
  return nobody(`SIP user "${sipUser}" is not mapped to an X user`);
}
