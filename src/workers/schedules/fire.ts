/**
 * What happens when a schedule is due, in one transaction: the occurrence is noted, what it causes is planned,
 * and the schedule goes on to its next time. Whoever comes with the same occurrence again finds the schedule
 * gone on.
 */
import type { NextTime, RunState, Schedule } from '../../db/tables/schedules.ts';
import type { Traces } from '../../db/tables/alarms.ts';
import type { User } from '../../db/tables/users.ts';
import type { Tables } from '../../db/transactions.ts';
import { finishedText } from '../answers/answer.ts';
import { answerTextsFor } from '../answers/catalogue.ts';
import { describe, lineOf, subjectOf, whenOf } from '../commands/decision.ts';
import type { Grammar } from '../commands/grammar.ts';
import { exceededLimit } from '../commands/policy/call-limits.ts';
import type { CallPolicy } from '../commands/policy/call-policy.ts';
import { permitDestination, type Destination } from '../commands/policy/destination.ts';
import type { Refusal } from '../commands/policy/refusal.ts';
import { storedWhom } from './stored-whom.ts';

export interface FireOptions {
  readonly grammar: Grammar;
  readonly policy: CallPolicy;
}

export type Fired =
  | { readonly kind: 'fired' | 'missed'; readonly sipUser: string; readonly refusal: Refusal | undefined }
  /** It was cancelled, has moved, or was dealt with. */
  | { readonly kind: 'gone' }
  /** The job was early. */
  | { readonly kind: 'early' }
  /** Nobody may act for the user any more: the schedule is cancelled. */
  | { readonly kind: 'parted' };

export interface Occurrence {
  readonly scheduleId: string;
  /** In milliseconds since the epoch. */
  readonly dueAtMs: number;
}

/** @param tables  of a transaction */
export async function fire({ scheduleId, dueAtMs }: Occurrence, nowMs: number, tables: Tables, options: FireOptions): Promise<Fired> {
  const { schedules, users } = tables;
  const schedule = await schedules.lock(scheduleId);
  if (schedule?.state !== 'active' || schedule.next?.atMs !== dueAtMs) return { kind: 'gone' };
  if (nowMs < dueAtMs) return { kind: 'early' };
  const user = await users.findBySipUser(schedule.sipUser);
  if (user?.linkedAt === undefined || user.xUserId === undefined) {
    await schedules.cancel(scheduleId);
    return { kind: 'parted' };
  }

  const state: RunState = nowMs - dueAtMs <= options.policy.graceMs ? 'fired' : 'missed';
  const next = nextTime(schedule, schedule.next, nowMs, options.grammar);
  // False when the schedule was moved back to a time that was dealt with: it only goes on.
  const isNew = await schedules.recordRun(scheduleId, dueAtMs, state);
  const bell = new Bell({ schedule, due: schedule.next, next, user, nowMs, tables, options });
  const refusal = isNew ? await bell.ring(state) : undefined;
  await schedules.advance(scheduleId, { next, fired: state === 'fired' });
  return { kind: state, sipUser: schedule.sipUser, refusal };
}

/** What an occurrence may have left that others have to take up. */
export function tracesOf({ scheduleId, dueAtMs }: Occurrence): Traces {
  const ids = idsOf(scheduleId, dueAtMs);
  return { ledgerIds: [ids.reminder], callIds: [ids.call], messageIds: [ids.reminder], scheduleId };
}

function idsOf(scheduleId: string, dueAtMs: number): { readonly call: string; readonly reminder: string } {
  return { call: `schedule:${scheduleId}:${dueAtMs}`, reminder: `reminder:${scheduleId}:${dueAtMs}` };
}

/** What was missed while we were away is told once, and not made up for one by one. */
function nextTime({ rrule }: Schedule, due: NextTime, nowMs: number, grammar: Grammar): NextTime | undefined {
  if (rrule === undefined || due.wall === undefined) return undefined;
  const next = grammar.nextOccurrence(rrule, due.wall, due.zone, Math.max(nowMs, due.atMs));
  return next === undefined ? undefined : { ...next, zone: due.zone };
}

interface BellParts {
  readonly schedule: Schedule;
  readonly due: NextTime;
  readonly next: NextTime | undefined;
  readonly user: User;
  readonly nowMs: number;
  readonly tables: Tables;
  readonly options: FireOptions;
}

/** Plans what one occurrence causes. */
class Bell {
  readonly #parts: BellParts;
  readonly #ids: ReturnType<typeof idsOf>;

  constructor(parts: BellParts) {
    this.#parts = parts;
    this.#ids = idsOf(parts.schedule.id, parts.due.atMs);
  }

  async ring(state: RunState): Promise<Refusal | undefined> {
    const { schedule, next } = this.#parts;
    if (state === 'missed') {
      await this.#tell(this.#texts.scheduleMissed({ ...this.#line, next: next === undefined ? undefined : this.#describe(next) }));
      return undefined;
    }
    return schedule.kind === 'call' ? this.#call() : this.#remind();
  }

  /** Checked again: the operator may have changed what is allowed, and the user may have called a lot since. */
  async #call(): Promise<Refusal | undefined> {
    const { schedule, user, tables, options } = this.#parts;
    const { policy, grammar } = options;
    const permission = permitDestination(storedWhom(schedule, user, { grammar, policy, nowMs: this.#parts.nowMs }), policy, user);
    if (!permission.ok) return this.#refuse(permission.refusal);
    await tables.calls.lockLimits();
    const usage = await tables.calls.usage(user.sipUser, permission.destination.uri, policy.lastsMs);
    const full = exceededLimit(usage, policy, permission.destination.name);
    if (full !== undefined) return this.#refuse(full);
    await this.#plan('call', permission.destination);
    return undefined;
  }

  async #refuse(refusal: Refusal): Promise<Refusal> {
    await this.#tell(this.#texts.scheduleRefused({ ...this.#line, why: this.#texts.refusals[refusal.code](refusal) }));
    return refusal;
  }

  async #remind(): Promise<undefined> {
    const { schedule, user, tables, options, due } = this.#parts;
    const about = subjectOf(schedule, user.locale);
    await this.#tell(this.#texts.reminder({ number: schedule.number, about }));
    await tables.sipMessages.plan({
      id: this.#ids.reminder,
      sender: '',
      recipient: user.sipUser,
      body: this.#texts.reminderOnPhone({ about }),
      // A phone that is switched on in the evening need not tell of the morning.
      store: false,
      expiresAtMs: due.atMs + options.policy.graceMs,
    });
    if (schedule.ring) await this.#plan('announcement', { uri: '', name: about, sipUser: undefined });
    return undefined;
  }

  async #plan(kind: 'call' | 'announcement', { uri, name, sipUser }: Pick<Destination, 'uri' | 'name' | 'sipUser'>): Promise<void> {
    const { schedule, user, tables, options, due } = this.#parts;
    await tables.calls.plan({
      id: this.#ids.call,
      kind,
      sipUser: user.sipUser,
      target: uri,
      targetName: name,
      ...(sipUser === undefined ? {} : { targetSipUser: sipUser }),
      expiresAtMs: due.atMs + options.policy.graceMs,
      ...(schedule.replyTo === undefined ? {} : { replyTo: schedule.replyTo }),
    });
  }

  async #tell(text: string): Promise<void> {
    const { schedule, user, tables } = this.#parts;
    const { replyTo } = schedule;
    const id = this.#ids.reminder;
    await tables.ledger.plan({
      id,
      kind: 'reminder',
      recipient: user.xUserId!,
      // Where it cannot be told in private the delivery says no more than that there is something.
      content: finishedText(text, id, { underPost: false }),
      sipUser: user.sipUser,
      ...(replyTo === undefined ? {} : { replyTo }),
    });
  }

  get #texts() {
    return answerTextsFor(this.#parts.user.locale);
  }

  get #line() {
    const { schedule, due, user, options } = this.#parts;
    return lineOf(schedule, this.#describe(due), { grammar: options.grammar, user });
  }

  #describe(time: NextTime): string {
    const { user, nowMs, options } = this.#parts;
    return describe(whenOf(time), { grammar: options.grammar, user, nowMs });
  }
}
