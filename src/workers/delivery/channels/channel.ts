import type { LedgerEntry } from '../../../db/tables/ledger-entry.ts';
import type { User } from '../../../db/tables/users.ts';
import type { XFailureClass } from '../../../x/port.ts';
import type { Hold } from '../../gate/budget.ts';
import type { Sight } from '../look-up-sent.ts';

/** The ways out of the house, by the names that the ledger gives them. */
export const CHANNEL_NAMES = ['dm', 'reply', 'mastodon', 'webhook'] as const;

export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** A message and the SIP user whom it concerns, when there is one. */
export interface Parcel {
  readonly entry: LedgerEntry;
  readonly user: User | undefined;
}

/** What decides which way a message can go. */
export interface Addressed {
  readonly entry: Pick<LedgerEntry, 'kind' | 'sipUser' | 'replyTo' | 'refusals'>;
  readonly user: User | undefined;
}

/**
 * One way on which a message can go. `send` rejects with `XFailure` or `ChannelFailure`; what their
 * classes mean for the message is in `failure-policy.ts`.
 */
export interface Channel {
  readonly name: ChannelName;
  /** What the log calls a message that went this way. */
  readonly title: string;
  /** Whether this message can go this way at all. */
  takes(message: Addressed): boolean;
  /** What holds all messages on this way, or `undefined`. */
  held(entry: Pick<LedgerEntry, 'kind'>): Promise<Hold | undefined>;
  send(parcel: Parcel): Promise<{ readonly remoteId: string | undefined }>;
  /**
   * How to find out whether a send without a clear end came to something: by looking, or by sending
   * again, since the other side knows the same message again and takes it once, for `repeatableMs`.
   */
  readonly uncertainty:
    | { readonly kind: 'look'; find(entry: LedgerEntry): Promise<Sight> }
    | { readonly kind: 'repeat'; readonly repeatableMs: number };
}

/** A message that a way outside of X did not take. */
export class ChannelFailure extends Error {
  readonly class: XFailureClass;

  constructor(failureClass: 'unavailable' | 'refused', reason: string) {
    super(reason);
    this.name = 'ChannelFailure';
    this.class = failureClass;
  }
}
