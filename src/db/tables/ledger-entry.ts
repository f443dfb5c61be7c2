/** What stands in a row of the ledger, and what is asked of it; `ledger.ts` has the steps. */

/**
 * What a row is about, which decides how it may be delivered:
 * - `direct-message`: a missed call. `instant-message`: a SIP MESSAGE to somebody without a phone. Both wait for the end of quiet hours.
 * - `answer`: to a command, the way it came. `outcome`: how a call ended. `reminder`: what its name says. At once at any hour.
 * - `farewell`: the answer that confirms `stop`. Like `answer`, and a spent budget does not stop it.
 * - `digest`: several held back in one.
 */
export const LEDGER_KINDS = ['direct-message', 'instant-message', 'answer', 'farewell', 'outcome', 'reminder', 'digest'] as const;

export type LedgerKind = (typeof LEDGER_KINDS)[number];

export type LedgerState = 'planned' | 'sending' | 'done' | 'refused' | 'parked';

/** What is to happen. */
export interface PlannedEffect {
  /** Key of the event: `missed-call:<…>`. */
  readonly id: string;
  /** `direct-message` is a missed call; the others are in `LEDGER_KINDS`. */
  readonly kind: string;
  /** Whom it goes to: X user id or name. */
  readonly recipient: string;
  /** The text as it will be sent; reconciliation looks for it. */
  readonly content: string;
  readonly callId?: string;
  /** SIP user whom it concerns: his quiet hours and his second channel count. */
  readonly sipUser?: string;
  /** Post of the recipient that it may be said under: the first choice of an `answer`, the second of all else. */
  readonly replyTo?: string;
  /** Not to be sent before. */
  readonly notBefore?: Date;
  /** The other person of the event, `user@host`: whom "call back" calls. */
  readonly counterparty?: string;
}

export interface LedgerEntry {
  readonly id: string;
  readonly kind: string;
  readonly state: LedgerState;
  /** Why it is in this state: for people. */
  readonly reason: string | undefined;
  /** How many times it was claimed. */
  readonly attempt: number;
  readonly recipient: string;
  readonly content: string;
  /** What X calls the result (the DM event's id). */
  readonly remoteId: string | undefined;
  readonly callId: string | undefined;
  readonly sipUser: string | undefined;
  readonly replyTo: string | undefined;
  readonly notBefore: Date | undefined;
  readonly counterparty: string | undefined;
  /** The way that it was claimed for last: `dm`, `reply`, `mastodon`, `webhook`. */
  readonly channel: string | undefined;
  /** The ways that are closed to it, each with the reason. */
  readonly refusals: Readonly<Record<string, string>>;
  /** The digest that it is told in. */
  readonly digestId: string | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Outcome {
  readonly state: 'done' | 'refused' | 'parked';
  readonly reason?: string;
  readonly remoteId?: string;
}

/** What an effect that is entered now is claimed for. */
export interface FirstClaim {
  /** The way that it goes. */
  readonly channel: string;
  /** How many messages its SIP user may be told by themselves within a time: past that it is entered and not claimed. */
  readonly storm: { readonly messages: number; readonly windowMs: number };
}

/** A claim that its holder got from `claim` or `takeOver`. */
export type Claim = Pick<LedgerEntry, 'id' | 'attempt'>;

export interface LedgerRow {
  id: string;
  kind: string;
  state: LedgerState;
  reason: string | null;
  attempt: number;
  recipient: string;
  content: string;
  remote_id: string | null;
  call_id: string | null;
  sipuser: string | null;
  reply_to: string | null;
  not_before: Date | null;
  counterparty: string | null;
  channel: string | null;
  refusals: Record<string, string>;
  digest_id: string | null;
  created_at: Date;
  updated_at: Date;
}

/** A row as the program sees it. */
export function toEntry(row: LedgerRow): LedgerEntry {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    reason: row.reason ?? undefined,
    attempt: row.attempt,
    recipient: row.recipient,
    content: row.content,
    remoteId: row.remote_id ?? undefined,
    callId: row.call_id ?? undefined,
    sipUser: row.sipuser ?? undefined,
    replyTo: row.reply_to ?? undefined,
    notBefore: row.not_before ?? undefined,
    counterparty: row.counterparty ?? undefined,
    channel: row.channel ?? undefined,
    refusals: row.refusals,
    digestId: row.digest_id ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
