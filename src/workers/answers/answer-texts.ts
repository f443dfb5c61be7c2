import type { CallCause } from './call-end.ts';
import type { Refusal, RefusalCode } from '../commands/policy/refusal.ts';

/** A schedule as its owner sees it. */
export interface ScheduleLine {
  readonly number: number;
  /** Name of the other side, or what the reminder is about. */
  readonly what: string;
  readonly kind: 'call' | 'reminder';
  /** Absolute, with the zone. */
  readonly when: string;
  /** "every Monday"; absent for once. */
  readonly rule: string | undefined;
}

export interface ProfileLine {
  readonly timeZone: string;
  readonly locale: string;
  readonly region: string | undefined;
  readonly notify: boolean;
  readonly quiet: { readonly from: string; readonly to: string } | undefined;
  readonly forwardTo: string | undefined;
  readonly dnd: boolean;
  readonly mastodon: string | undefined;
  readonly sipUser: string;
}

/**
 * What we answer, in one language. A new language is a file beside `en.ts` and a line in `catalogue.ts`.
 * Under a post there is room for some 260 characters; names and times are ready to be shown.
 */
export interface AnswerTexts {
  calling(parts: { readonly name: string }): string;
  scheduled(line: ScheduleLine & { readonly ring: boolean }): string;
  moved(line: ScheduleLine): string;
  /** Behind a time of day, for who has never said in which zone he lives. */
  readonly zoneHint: string;
  cancelledSchedule(line: { readonly number: number; readonly what: string }): string;
  cancelledCall(parts: { readonly name: string }): string;
  /** Asked for, while it rings or talks. */
  stoppingCall(parts: { readonly name: string }): string;
  readonly nothingScheduled: string;
  listLine(line: ScheduleLine): string;
  listMore(parts: { readonly more: number }): string;
  readonly listHelp: string;
  /** Under a post, behind as much of the help as fits. */
  readonly helpMore: string;
  /** Stands for what a reminder is about that is about nothing in particular. */
  readonly aReminder: string;
  liveCall(parts: { readonly name: string }): string;
  snoozed(line: ScheduleLine): string;
  reminderDone(parts: { readonly what: string }): string;
  messageSent(parts: { readonly name: string }): string;
  zoneSet(parts: { readonly zone: string; readonly now: string }): string;
  languageSet(parts: { readonly locale: string }): string;
  regionSet(parts: { readonly region: string }): string;
  quietHoursSet(parts: { readonly from: string; readonly to: string; readonly zone: string }): string;
  readonly quietHoursOff: string;
  notifySet(on: boolean): string;
  forwardSet(parts: { readonly name: string }): string;
  readonly forwardOff: string;
  dndSet(on: boolean): string;
  mastodonSet(parts: { readonly account: string }): string;
  readonly mastodonOff: string;
  profile(profile: ProfileLine): string;
  linked(parts: { readonly sipUser: string }): string;
  readonly linkRefused: Readonly<Record<'wrong-code' | 'expired' | 'used' | 'account-taken' | 'too-many-tries', string>>;
  unlinked(parts: { readonly sipUser: string }): string;
  readonly notLinked: string;
  readonly stranger: string;
  readonly refusals: Readonly<Record<RefusalCode, (refusal: Refusal) => string>>;
  /** How a call ended that did not go well. Without a party it is nobody's fault but ours. */
  callFailed(parts: { readonly name: string; readonly party: 'caller' | 'callee' | undefined; readonly cause: CallCause }): string;
  callMissed(parts: { readonly name: string }): string;
  callInterrupted(parts: { readonly name: string; readonly talked: boolean }): string;
  /** A reminder that is due. */
  reminder(parts: { readonly number: number; readonly about: string }): string;
  /** The same, as a phone shows it. */
  reminderOnPhone(parts: { readonly about: string }): string;
  /** A schedule that was due while nobody could take care of it. */
  scheduleMissed(line: ScheduleLine & { readonly next: string | undefined }): string;
  /** A scheduled call that may not be made now. */
  scheduleRefused(line: ScheduleLine & { readonly why: string }): string;
}
