/**
 * The core of the execution: a command and what is known go in, what is to happen comes out as values.
 * `write-effects.ts` is the one place that does it.
 */
import type { Command, When } from '../../commands/command.ts';
import type { CommandEnd } from '../../db/tables/commands.ts';
import type { NewCall } from '../../db/tables/calls.ts';
import type { NewSchedule, NewTimes, NextTime, Schedule } from '../../db/tables/schedules.ts';
import type { NewSipMessage } from '../../db/tables/sip-messages.ts';
import type { ProfileChanges, User } from '../../db/tables/users.ts';
import type { Tables } from '../../db/transactions.ts';
import type { AnswerTexts, ScheduleLine } from '../answers/answer-texts.ts';
import { answerTextsFor } from '../answers/catalogue.ts';
import type { Grammar } from './grammar.ts';
import type { CallPolicy } from './policy/call-policy.ts';
import { refusalReason, type Refusal } from './policy/refusal.ts';

export type Effect =
  | { readonly do: 'plan-call'; readonly call: NewCall }
  | { readonly do: 'cancel-call'; readonly id: string }
  | { readonly do: 'add-schedule'; readonly schedule: NewSchedule }
  | { readonly do: 'move-schedule'; readonly id: string; readonly times: NewTimes }
  | { readonly do: 'cancel-schedule'; readonly id: string }
  | { readonly do: 'send-message'; readonly message: NewSipMessage }
  | { readonly do: 'change-profile'; readonly sipUser: string; readonly changes: ProfileChanges }
  | { readonly do: 'unlink'; readonly sipUser: string };

export interface Decision {
  readonly state: CommandEnd['state'];
  /** For the row and the log: what was understood, or the word of the refusal. */
  readonly reason: string;
  readonly effects: readonly Effect[];
  /** Without its reference; `undefined` for no answer at all. */
  readonly answer: string | undefined;
  /** The answer confirms that somebody is left alone from now on: a spent budget does not stop it. */
  readonly isFarewell?: true;
  readonly refusal?: Refusal;
}

/** Reads that a verb may do before it decides; in the same transaction, so that nothing changes in between. */
export type Desk = Pick<Tables, 'calls' | 'schedules' | 'users' | 'missedCallers'>;

/** Everything that a decision depends on besides the command and what was looked up for it. */
export interface Situation {
  readonly nowMs: number;
  /** Id of the row in `commands`. */
  readonly commandId: string;
  /** Post that an answer may be said under. */
  readonly replyTo: string | undefined;
  /** Whose account is linked. */
  readonly user: User;
  /** Zone in which he is told times. */
  readonly zone: string;
  readonly policy: CallPolicy;
  readonly grammar: Grammar;
  readonly texts: AnswerTexts;
  /** Own name, for a sentence that the grammar is to read again. */
  readonly botName: string;
}

/** One thing that a user can ask for: what has to be known for it, and what follows. */
export interface Verb<C extends Command, Facts> {
  look(command: C, desk: Desk, situation: Situation): Promise<Facts>;
  /** Pure. */
  decide(command: C, facts: Facts, situation: Situation): Decision;
}

export type CommandOf<V extends Command['verb']> = Extract<Command, { verb: V }>;

export function done(reason: string, answer: string, effects: readonly Effect[] = []): Decision {
  return { state: 'done', reason, answer, effects };
}

export function refused(refusal: Refusal, { texts }: Pick<Situation, 'texts'>): Decision {
  return { state: 'refused', reason: refusalReason(refusal), answer: texts.refusals[refusal.code](refusal), effects: [], refusal };
}

/** What the users table says of who never chose; see `zoneOf`. */
const UNCHOSEN_ZONE = 'UTC';

/** A schedule in the words of its owner. */
export function lineOf(schedule: Pick<Schedule, 'number' | 'kind' | 'targetName' | 'about' | 'rrule'>, when: string, { grammar, user }: Pick<Situation, 'grammar' | 'user'>): ScheduleLine {
  return {
    number: schedule.number,
    kind: schedule.kind,
    what: subjectOf(schedule, user.locale),
    when,
    rule: schedule.rrule === undefined ? undefined : grammar.describeRule(schedule.rrule, user.locale),
  };
}

/** Whom a call is for, what a reminder is about. */
export function subjectOf({ kind, targetName = '', about = '' }: Pick<Schedule, 'kind' | 'targetName' | 'about'>, locale: string): string {
  if (kind === 'call') return targetName;
  return about === '' ? answerTextsFor(locale).aReminder : about;
}

/** A stored time as the grammar knows times. */
export function whenOf({ atMs, wall, zone }: NextTime): When {
  return wall === undefined ? { kind: 'elapsed', zone, atMs } : { kind: 'wall', wall, zone, atMs };
}

/** The time to be stored. */
export function timeOf(when: When): NextTime {
  return { atMs: when.atMs, zone: when.zone, ...(when.kind === 'elapsed' ? {} : { wall: when.wall }) };
}

export function describe(when: When, { grammar, user, nowMs }: Pick<Situation, 'grammar' | 'user' | 'nowMs'>): string {
  // The rule has its own words.
  const once: When = when.kind === 'recurring' ? { kind: 'wall', wall: when.wall, zone: when.zone, atMs: when.atMs, ...(when.shift === undefined ? {} : { shift: when.shift }) } : when;
  return grammar.describeWhen(once, { locale: user.locale, nowMs });
}

/**
 * The answer to a time of day that was taken in a zone which the user has never chosen: X does not say where
 * people are, so he is told which clock was meant, and how to say another.
 */
export function withZoneHint(answer: string, when: When, { user, texts }: Pick<Situation, 'user' | 'texts'>): string {
  return when.kind === 'elapsed' || user.timeZone !== UNCHOSEN_ZONE ? answer : `${answer}. ${texts.zoneHint}`;
}
