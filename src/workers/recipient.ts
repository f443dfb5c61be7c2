import { AppError } from '../base/errors.ts';
import { FAILURE_POLICY } from './failure-policy.ts';
import type { PacedX } from './paced-x.ts';
import type { Users } from './ports.ts';
import { XFailure } from '../x/port.ts';

/** Who gets the messages of a SIP user, or why nobody does. */
export type Recipient =
  | { readonly kind: 'account'; readonly xUserId: string; readonly locale: string; readonly timeZone: string }
  | { readonly kind: 'nobody'; readonly reason: string };

function nobody(reason: string): Recipient {
  return { kind: 'nobody', reason };
}

/**
 * Looks the SIP user's mapping up. X is asked for the account's id once in the life of a mapping:
 * ids outlive a change of name, and each lookup costs money.
 *
 * @throws XFailure when X cannot say now
 */
export async function findRecipient(sipUser: string, users: Users, x: PacedX): Promise<Recipient> {
  const user = await users.findBySipUser(sipUser);
  if (user === undefined) return nobody(`SIP user "${sipUser}" is not mapped to an X user`);
  const { xUser, locale, timeZone } = user;
  if (!user.notify) return nobody(`"${sipUser}" wants no messages about missed calls`);
  if (user.xUserId !== undefined) return { kind: 'account', xUserId: user.xUserId, locale, timeZone };

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
  return { kind: 'account', xUserId, locale, timeZone };
}
