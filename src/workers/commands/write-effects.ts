import type { StoredCommand } from '../../db/tables/commands.ts';
import type { Tables } from '../../db/transactions.ts';
import type { Traces } from '../../db/tables/alarms.ts';
import { finishedText } from '../answers/answer.ts';
import type { Decision, Effect } from './decision.ts';

/**
 * Makes a decision happen, in the transaction that it was made in: the effects, the answer in the ledger, the
 * end of the command's row. All ids are made from the command's, so that nothing of it can be there twice.
 *
 * @param sipUser  whose command it was
 */
export async function writeDecision(command: StoredCommand, decision: Decision, sipUser: string | undefined, tables: Tables): Promise<void> {
  for (const effect of decision.effects) await writeEffect(effect, tables);
  if (decision.answer !== undefined) {
    const id = answerId(command.id);
    const replyTo = replyToOf(command);
    await tables.ledger.plan({
      id,
      kind: decision.isFarewell === true ? 'farewell' : 'answer',
      recipient: command.authorId,
      content: finishedText(decision.answer, id, { underPost: replyTo !== undefined }),
      ...(sipUser === undefined ? {} : { sipUser }),
      ...(replyTo === undefined ? {} : { replyTo }),
    });
  }
  const { state, reason } = decision;
  await tables.commands.finish(command.id, { state, reason, ...(sipUser === undefined ? {} : { sipUser }) });
}

/** What a command may have left that others have to take up. */
export function tracesOf({ id, sipUser }: { readonly id: string; readonly sipUser: string | undefined }): Traces {
  return {
    ledgerIds: [answerId(id)],
    callIds: [`call:${id}`],
    messageIds: [`message:${id}`],
    ...(sipUser === undefined ? {} : { command: { id, sipUser } }),
  };
}

/** The post under which the author has summoned us; a direct message is answered by another. */
export function replyToOf({ source, latestId }: Pick<StoredCommand, 'source' | 'latestId'>): string | undefined {
  return source === 'post' ? latestId : undefined;
}

function answerId(commandId: string): string {
  return `answer:${commandId}`;
}

async function writeEffect(effect: Effect, { calls, schedules, sipMessages, users, links }: Tables): Promise<void> {
  switch (effect.do) {
    case 'plan-call':
      await calls.plan(effect.call);
      return;
    case 'cancel-call':
      await calls.cancel(effect.id);
      return;
    case 'add-schedule':
      await schedules.add(effect.schedule);
      return;
    case 'move-schedule':
      await schedules.rearm(effect.id, effect.times);
      return;
    case 'cancel-schedule':
      await schedules.cancel(effect.id);
      return;
    case 'send-message':
      await sipMessages.plan(effect.message);
      return;
    case 'change-profile':
      await users.updateProfile(effect.sipUser, effect.changes);
      return;
    case 'unlink':
      await links.unlink(effect.sipUser);
      return;
  }
}
