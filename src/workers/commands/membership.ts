/** What accounts can do that nobody has linked: link themselves, be left alone, and learn how it works. */
import type { StoredCommand } from '../../db/tables/commands.ts';
import type { User } from '../../db/tables/users.ts';
import type { Tables } from '../../db/transactions.ts';
import { answerTextsFor } from '../answers/catalogue.ts';
import { done, type Decision } from './decision.ts';
import { unlink } from './verbs/unlink.ts';

const DAY_MS = 24 * 3600_000;
/** Begin of the reasons by which those who were answered are counted. */
const TOLD = 'stranger: told';
const LINK_REFUSED = 'link-refused';
/** Of people of whom we know nothing. */
const STRANGERS_LOCALE = 'en';

/** The user that the account is mapped to, linked or not; by the handle only where nobody has asked X for the id yet. */
export async function findMapped({ authorId, authorName }: StoredCommand, users: Tables['users']): Promise<User | undefined> {
  const byId = await users.findByXUserId(authorId);
  if (byId !== undefined) return users.lock(byId.sipUser);
  const byName = await users.findByXName(authorName);
  return byName?.xUserId === undefined && byName !== undefined ? users.lock(byName.sipUser) : undefined;
}

/** Whether the account may act for the user. */
export function mayAct(user: User | undefined, authorId: string): user is User {
  return user?.linkedAt !== undefined && user.xUserId === authorId;
}

/** "link CODE" */
export async function redeem(command: StoredCommand, code: string, tables: Tables, strangersPerDay: number): Promise<Decision> {
  const { authorId, authorName } = command;
  const outcome = await tables.links.redeem(code, { xUserId: authorId, xName: authorName });
  const user = await tables.users.findByXUserId(authorId);
  const texts = answerTextsFor(user?.locale ?? STRANGERS_LOCALE);
  if (outcome.outcome === 'linked') return done(`link to ${outcome.sipUser}`, texts.linked({ sipUser: outcome.sipUser }));
  // Who has no account with us can make any number of accounts that guess.
  const isAnswered = (await tables.commands.countRefused(LINK_REFUSED, DAY_MS)) < strangersPerDay;
  return { state: 'refused', reason: `${LINK_REFUSED}: ${outcome.outcome}`, effects: [], answer: isAnswered ? texts.linkRefused[outcome.outcome] : undefined };
}

/** "stop" */
export async function part(command: StoredCommand, user: User | undefined, tables: Tables, strangersPerDay: number): Promise<Decision> {
  if (user === undefined) return tellStranger(command, tables, strangersPerDay, 'notLinked');
  return unlink(user, { texts: answerTextsFor(user.locale) });
}

/** One friendly answer a day, and only so many strangers a day. */
export async function tellStranger(command: StoredCommand, { commands }: Pick<Tables, 'commands'>, strangersPerDay: number, text: 'stranger' | 'notLinked' = 'stranger'): Promise<Decision> {
  const nothing = { state: 'refused', effects: [], answer: undefined } as const;
  const { turnedDown } = await commands.countHandled(command.authorId, command.postedAtMs, DAY_MS, TOLD);
  if (turnedDown > 0) return { ...nothing, reason: 'stranger: was told within the last 24 hours' };
  if ((await commands.countRefused(TOLD, DAY_MS)) >= strangersPerDay) return { ...nothing, reason: `stranger: not answered, ${strangersPerDay} were today` };
  return { ...nothing, reason: `${TOLD} ${text === 'stranger' ? 'how to link' : 'that there is nothing to stop'}`, answer: answerTextsFor(STRANGERS_LOCALE)[text] };
}
