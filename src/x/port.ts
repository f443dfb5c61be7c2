/** An account on X. Ids are decimal strings of up to 19 digits: a JavaScript number would lose their last ones. */
export interface XUser {
  readonly id: string;
  /** The handle without `@`; X compares it without regard to case. */
  readonly username: string;
  /** The display name, free text. */
  readonly name: string;
  /** Whether our account may send this one a direct message; absent when X does not say. */
  readonly receivesYourDm?: boolean;
}

/** What X returns for a direct message that it accepted. */
export interface SentDirectMessage {
  readonly eventId: string;
  readonly conversationId: string;
}

/** A message of a one-to-one conversation, ours or theirs. */
export interface DirectMessage {
  readonly id: string;
  readonly senderId: string;
  /** The text as X gives it back: links come back shortened, so compare a part that holds no link. */
  readonly text: string;
  readonly createdAtMs: number;
}

/**
 * What the workers need from X, and no more. Every method rejects with `XFailure` and with nothing
 * else. Calls are not retried and not paced here: the caller owns the schedule, because only the
 * caller knows whether a second try may do harm.
 */
export interface XPort {
  /** The account that the keys belong to. */
  me(): Promise<XUser>;

  /** The account of that handle (no `@`), or `undefined` when X knows none. */
  findUserByName(username: string): Promise<XUser | undefined>;

  /**
   * Sends a direct message of 1 to 10,000 characters. X has no idempotency key: after a failure of
   * class `uncertain` the message may have been sent, and `findDirectMessages` tells.
   */
  sendDirectMessage(message: { recipientId: string; text: string }): Promise<SentDirectMessage>;

  /**
   * The messages of our conversation with that account that are not older than `sinceMs`, newest
   * first, at most `limit` (1 to 500) of them. Fewer than `limit` means that these are all; X
   * itself keeps 30 days. Each hundred costs one of the 15 calls that X allows in 15 minutes.
   */
  findDirectMessages(query: { participantId: string; sinceMs: number; limit: number }): Promise<DirectMessage[]>;
}

/** A post that mentions our account. */
export interface XPost {
  /** This version of it. */
  readonly id: string;
  /** First id of its edit history: the same for every version. */
  readonly firstId: string;
  readonly text: string;
  readonly authorId: string;
  /** Handle of the author, when X sent it along. */
  readonly authorName: string | undefined;
  readonly createdAtMs: number;
  readonly isRepost: boolean;
}

/** A direct message that somebody sent to our account, of any conversation. */
export interface XIncomingMessage {
  readonly id: string;
  readonly text: string;
  readonly senderId: string;
  readonly senderName: string | undefined;
  readonly createdAtMs: number;
}

/** A page without `nextToken` is the last: only then has everything been seen. */
export interface MentionPage {
  readonly posts: readonly XPost[];
  readonly nextToken: string | undefined;
}

export interface MessagePage {
  readonly messages: readonly XIncomingMessage[];
  readonly nextToken: string | undefined;
  /** Ids of the newest and the oldest message that X listed, our own included; `undefined` on an empty page. */
  readonly span: { readonly newestId: string; readonly oldestId: string } | undefined;
}

/** What the reader of commands needs from X. Rejects as `XPort` does. */
export interface XReading {
  me(): Promise<XUser>;
  /** One page of the posts that mention `userId` and are newer than `sinceId`, newest first. */
  mentions(query: { userId: string; sinceId?: string; pageToken?: string }): Promise<MentionPage>;
  /** One page of the direct messages of all conversations, newest first, our own left out. X knows no `since` here. */
  directMessages(query: { pageToken?: string }): Promise<MessagePage>;
}

/** What the sender of answers needs from X beside direct messages. Rejects as `XPort` does. */
export interface XPosting {
  /**
   * Replies to a post of somebody who mentioned us in it. X refuses the same text of the same account
   * again: then this rejects with class `refused` and `isDuplicate`, which after an uncertain
   * attempt means that the first one was taken.
   */
  reply(post: { text: string; toPostId: string }): Promise<{ postId: string }>;
  findUserById(id: string): Promise<XUser | undefined>;
}

/**
 * What a failure means for the caller:
 * - `rate-limited`: not done; try again at `retryAtMs`.
 * - `unavailable`: not done; X is down or cannot be reached. Back off and try again.
 * - `uncertain`: a write went out and no trustworthy answer came back. It may have been done:
 *   look before trying again.
 * - `refused`: not done, and will not be for this message; the reason is X's own sentence.
 * - `payment`: not done; the account has no credits or its usage cap is reached. Pause everything.
 * - `unauthorized`: not done; the keys or the permissions of the app are wrong. An operator must act.
 * - `invalid`: not done; the request names something that does not exist or breaks a rule of X's API.
 */
export type XFailureClass =
  | 'rate-limited'
  | 'unavailable'
  | 'uncertain'
  | 'refused'
  | 'payment'
  | 'unauthorized'
  | 'invalid';

/**
 * A call to X that did not succeed. It carries no `cause`: the HTTP library's errors hold the whole
 * request with its `Authorization` header, and a logger that prints causes would print the keys.
 */
export class XFailure extends Error {
  readonly class: XFailureClass;
  /** When to try again, in milliseconds since the epoch: set exactly when the class is `rate-limited`. */
  readonly retryAtMs: number | undefined;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** X says that it has the very same text of ours already. */
  readonly isDuplicate: boolean;

  constructor(failureClass: XFailureClass, reason: string, details: { status?: number; retryAtMs?: number; isDuplicate?: boolean } = {}) {
    super(reason);
    this.name = 'XFailure';
    this.class = failureClass;
    this.status = details.status;
    this.retryAtMs = details.retryAtMs;
    this.isDuplicate = details.isDuplicate ?? false;
  }

  /** The sentence for people; the same as `message`. */
  get reason(): string {
    return this.message;
  }
}
