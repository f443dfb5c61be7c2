import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { Command } from '../../commands/command.ts';
import type { StoredCommand } from '../../db/tables/commands.ts';
import type { User } from '../../db/tables/users.ts';
import type { Tables } from '../../db/transactions.ts';
import type { Ours } from '../../intake/command-intake.ts';
import { answerTextsFor } from '../answers/catalogue.ts';
import { zoneOf } from '../render/local-time.ts';
import type { CommandCounters } from './command-counters.ts';
import { refused, type Decision, type Situation } from './decision.ts';
import { findFlood, STRANGER_LIMITS, type FloodLimits } from './flood.ts';
import type { Grammar } from './grammar.ts';
import { findMapped, mayAct, part, redeem, tellStranger } from './membership.ts';
import type { CallPolicy } from './policy/call-policy.ts';
import { refusal } from './policy/refusal.ts';
import { decide } from './verbs/verbs.ts';
import { replyToOf, writeDecision } from './write-effects.ts';

export interface ExecutionOptions {
  readonly grammar: Grammar;
  readonly policy: CallPolicy;
  readonly limits: FloodLimits & { readonly strangersPerDay: number };
  /** `worker.timeZone`: for users who never chose one. */
  readonly timeZone: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: CommandCounters;
}

/** What became of one command. */
export interface Executed {
  readonly id: string;
  readonly sipUser: string | undefined;
}

/**
 * Carries out one command in a transaction: who wrote it, may he, what does he want, is that allowed, what
 * follows. Afterwards the row has ended and everything that came of it is in the database, or nothing.
 */
export class Execution {
  readonly #options: ExecutionOptions;

  constructor(options: ExecutionOptions) {
    this.#options = options;
  }

  /** @param tables  of a transaction that has locked the author */
  async run(command: StoredCommand, account: Ours, tables: Tables): Promise<Executed> {
    const user = command.authorId === account.id ? undefined : await findMapped(command, tables.users);
    const decision = await this.#decide(command, user, account, tables);
    // A link that this command made is its own already.
    const sipUser = (user ?? (await tables.users.findByXUserId(command.authorId)))?.sipUser;
    await writeDecision(command, decision, sipUser, tables);
    this.#note(command, decision, sipUser);
    return { id: command.id, sipUser };
  }

  async #decide(command: StoredCommand, user: User | undefined, account: Ours, tables: Tables): Promise<Decision> {
    const { limits, counters } = this.#options;
    const { authorId } = command;
    if (authorId === account.id) return { state: 'ignored', reason: 'our own', effects: [], answer: undefined };
    const isLinked = mayAct(user, authorId);
    const parsed = this.#parse(command, user, account);
    const wish = parsed.ok ? parsed.command : undefined;
    // Whoever wants to be left alone is, however much he has written before.
    if (wish?.verb === 'unlink' && user !== undefined) return part(command, user, tables, limits.strangersPerDay);

    const flood = await findFlood(command, tables.commands, isLinked ? limits : STRANGER_LIMITS);
    if (flood !== undefined) counters.limited.value += 1;
    if (flood !== undefined && isLinked) {
      const answer = flood.isFirst ? answerTextsFor(user.locale).refusals['too-often'](refusal('too-often')) : undefined;
      return { state: 'refused', reason: flood.reason, effects: [], answer };
    }
    if (wish?.verb === 'link') {
      const link = await redeem(command, wish.code, tables, limits.strangersPerDay);
      // A code comes when the operator gives it, perhaps to somebody who has tried a lot before. How often one may guess, `LinksTable` says.
      return flood === undefined || link.state === 'done' ? link : { ...link, answer: undefined };
    }
    if (wish?.verb === 'unlink') return part(command, user, tables, limits.strangersPerDay);
    if (!isLinked) {
      counters.strangers.value += 1;
      return tellStranger(command, tables, limits.strangersPerDay);
    }
    await this.#followHandle(command, tables.users);
    if (!parsed.ok) {
      counters.misunderstood.value += 1;
      const { problem, words = '' } = parsed.failure;
      return { state: 'refused', reason: `not-understood: ${problem} ${words}`.trimEnd(), effects: [], answer: this.#options.grammar.explainFailure(parsed.failure, user.locale) };
    }
    const situation = this.#situationOf(command, user, account);
    if (isTooLate(wish!, command, situation)) return refused(refusal('too-late'), situation);
    return decide(wish!, tables, situation);
  }

  #parse(command: StoredCommand, user: User | undefined, account: Ours) {
    const { grammar, timeZone } = this.#options;
    return grammar.parseCommand(command.text, {
      // "In twenty minutes" is meant from when it was written.
      nowMs: command.postedAtMs,
      zone: zoneOf(user?.timeZone ?? 'UTC', timeZone),
      locale: user?.locale ?? 'en',
      region: user?.region,
      botName: account.username,
    });
  }

  #situationOf(command: StoredCommand, user: User, account: Ours): Situation {
    const { grammar, policy, timeZone, clock } = this.#options;
    return {
      nowMs: clock.now(),
      commandId: command.id,
      replyTo: replyToOf(command),
      user,
      zone: zoneOf(user.timeZone, timeZone),
      policy,
      grammar,
      texts: answerTextsFor(user.locale),
      botName: account.username,
    };
  }

  /** The reader gives the id in place of a handle that X did not send along. */
  async #followHandle({ authorId, authorName }: StoredCommand, users: Tables['users']): Promise<void> {
    if (authorName === authorId) return;
    const { logger } = this.#options;
    const result = await users.followHandle(authorId, authorName);
    if (result === 'followed') logger.info('An account has a new handle', { xUserId: authorId, handle: authorName });
    if (result === 'taken') {
      logger.warn('An account has a handle that another user is mapped to by name: remove that mapping', { xUserId: authorId, handle: authorName });
    }
  }

  #note({ id, authorId }: StoredCommand, { state, reason, refusal: why }: Decision, sipUser: string | undefined): void {
    const { logger, counters } = this.#options;
    counters[state].value += 1;
    const fields = { command: id, author: authorId, sipUser, reason };
    if (why === undefined) logger.info(`Command ${state}`, fields);
    else logger.warn('Command refused', { ...fields, refusal: why.code });
  }
}

/** A call that somebody wanted "now" rings soon or not at all; so does one for a time that is over. */
function isTooLate(wish: Command, { postedAtMs }: StoredCommand, { nowMs, policy }: Situation): boolean {
  const oldestMs = nowMs - policy.graceMs;
  if (wish.verb === 'call' || wish.verb === 'call-back') return (wish.when?.atMs ?? postedAtMs) < oldestMs;
  return (wish.verb === 'remind' || wish.verb === 'move') && wish.when.atMs < oldestMs;
}
