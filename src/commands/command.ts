/** What a person wants, as the grammar has understood it. */
export type Command =
  /** A one-time code, with or without the word `link`. */
  | { readonly verb: 'link'; readonly code: string }
  | { readonly verb: 'unlink' }
  | { readonly verb: 'call'; readonly target: Target; readonly when?: When }
  /** Call whoever was missed last. With a time, whoever that is when it is written. */
  | { readonly verb: 'call-back'; readonly when?: When }
  /** Stop the call that rings or talks; with a number, cancel that schedule. */
  | { readonly verb: 'cancel'; readonly number?: number }
  /** Rung about nothing in particular (`wake me at 7`), `about` is empty. */
  | { readonly verb: 'remind'; readonly about: string; readonly when: When; readonly ring: boolean }
  | { readonly verb: 'snooze'; readonly minutes: number }
  /** The reminder that came last is done with. */
  | { readonly verb: 'done' }
  | { readonly verb: 'list' }
  | { readonly verb: 'move'; readonly number: number; readonly when: When }
  | { readonly verb: 'profile'; readonly setting: ProfileSetting }
  /** Show what is stored. */
  | { readonly verb: 'show-profile' }
  | { readonly verb: 'message'; readonly target: Target; readonly text: string }
  | { readonly verb: 'help' };

export type ProfileSetting =
  | { readonly name: 'time-zone'; readonly zone: string }
  | { readonly name: 'language'; readonly locale: string }
  /** Two-letter country whose numbers are dialled without prefix. */
  | { readonly name: 'region'; readonly region: string }
  /** Without a span: told at once, at every hour. Times are `HH:MM`. */
  | { readonly name: 'quiet-hours'; readonly from?: string; readonly to?: string }
  | { readonly name: 'notify'; readonly on: boolean }
  /** Without a target: no forwarding. */
  | { readonly name: 'forward'; readonly target?: Target }
  | { readonly name: 'dnd'; readonly on: boolean }
  | { readonly name: 'mastodon'; readonly account?: string };

/** Whom to reach. Whether that person or number exists is not the grammar's business. */
export type Target =
  /** `@alice`: a handle of X, without the `@`. */
  | { readonly kind: 'handle'; readonly handle: string }
  /** `alice`: a SIP user. */
  | { readonly kind: 'user'; readonly user: string }
  /** E.164 with `+`, valid by the numbering plan, and as people write it. */
  | { readonly kind: 'number'; readonly e164: string; readonly shown: string; readonly country: string | undefined; readonly type: NumberType }
  /** Digits that are no valid number: an emergency or service code, or a mistake. The policy says which. */
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'uri'; readonly uri: string };

export type NumberType = 'ordinary' | 'premium' | 'shared-cost' | 'toll-free' | 'unknown';

/** When. `wall` is meant in `zone`; the instant follows from both. */
export type When =
  /** A time on the user's clock, once. `wall` is `YYYY-MM-DDTHH:MM`. */
  | { readonly kind: 'wall'; readonly wall: string; readonly zone: string; readonly atMs: number; readonly shift?: DstShift }
  /** "in 20 minutes": counted from when it was written. */
  | { readonly kind: 'elapsed'; readonly zone: string; readonly atMs: number }
  /** Again and again by an RFC 5545 rule without DTSTART; `wall` and `atMs` are the first occurrence. */
  | { readonly kind: 'recurring'; readonly rrule: string; readonly wall: string; readonly zone: string; readonly atMs: number; readonly shift?: DstShift };

/** The wall-clock time does not exist (it was moved forward) or happens twice (the first one is taken). */
export type DstShift = 'gap' | 'overlap';

/** The words that could not be understood, and what was made out of them. */
export interface NotUnderstood {
  readonly problem:
    | 'unknown-command'
    | 'empty'
    | 'target-missing'
    | 'target-invalid'
    | 'time-missing'
    | 'time-invalid'
    | 'time-past'
    | 'time-ambiguous'
    | 'number-missing'
    | 'text-missing'
    | 'zone-unknown'
    | 'language-unknown'
    | 'region-unknown'
    | 'value-invalid';
  /** The verb, when one was recognised. */
  readonly verb?: Command['verb'];
  /** The words that are the problem. */
  readonly words?: string;
  /** A word that was probably meant: `timezone` for `timezoen`. */
  readonly suggestion?: string;
}

export type ParsedCommand = { readonly ok: true; readonly command: Command } | { readonly ok: false; readonly failure: NotUnderstood };

/** What the grammar needs to know of the author. */
export interface CommandContext {
  /** When it was written, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** IANA zone of the author. */
  readonly zone: string;
  /** BCP 47 tag of the author; commands are understood in every language that has words, this one first. */
  readonly locale: string;
  /** Two-letter country for numbers without prefix. */
  readonly region: string | undefined;
  /** Our own handle, without `@`: taken off the front. */
  readonly botName: string;
}
