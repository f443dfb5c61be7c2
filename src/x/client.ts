import { AppError } from '../base/errors.ts';
import { Accounts } from './accounts.ts';
import { Billing } from './billing.ts';
import { XCalls, type XConnectionOptions } from './calls.ts';
import { DirectMessages } from './direct-messages.ts';
import type {
  DirectMessage,
  MentionPage,
  MessagePage,
  SentDirectMessage,
  XPort,
  XPosting,
  XReading,
  XUser,
} from './port.ts';
import { Posting } from './posting.ts';
import type { OnSpend } from './prices.ts';
import { Reading } from './reading.ts';

/** The four values of OAuth 1.0a: the app's pair and the pair of the account that it acts for. */
export interface XKeys {
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly accessSecret: string;
}

export interface XClientOptions extends XConnectionOptions {
  readonly keys: XKeys;
  /** Told of everything that X will charge for. */
  readonly onSpend?: OnSpend;
}

/** X through twitter-api-v2, as one account. See the ports for what the calls promise. */
export class XClient implements XPort, XReading, XPosting {
  readonly #accounts: Accounts;
  readonly #messages: DirectMessages;
  readonly #posting: Posting;
  readonly #reading: Reading;
  #us: XUser | undefined;

  /** Throws `x.misconfigured` when a key is empty or `apiBase` is not a loopback or private address. */
  constructor(options: XClientOptions) {
    const { keys } = options;
    const missing = (['appKey', 'appSecret', 'accessToken', 'accessSecret'] as const).filter((name) => keys[name] === '');
    if (missing.length > 0) throw new AppError('x.misconfigured', `Missing X keys: ${missing.join(', ')}`);
    const calls = new XCalls({ ...keys }, options);
    const billing = new Billing(options.clock, options.onSpend);
    this.#accounts = new Accounts(calls, billing);
    this.#messages = new DirectMessages(calls, billing);
    this.#posting = new Posting(calls, billing);
    this.#reading = new Reading(calls, billing, options.logger);
  }

  async me(): Promise<XUser> {
    this.#us = await this.#accounts.me();
    return this.#us;
  }

  findUserByName(username: string): Promise<XUser | undefined> {
    return this.#accounts.findByName(username);
  }

  findUserById(id: string): Promise<XUser | undefined> {
    return this.#accounts.findById(id);
  }

  sendDirectMessage(message: { recipientId: string; text: string }): Promise<SentDirectMessage> {
    return this.#messages.send(message);
  }

  findDirectMessages(query: { participantId: string; sinceMs: number; limit: number }): Promise<DirectMessage[]> {
    return this.#messages.find(query);
  }

  reply(post: { text: string; toPostId: string }): Promise<{ postId: string }> {
    return this.#posting.reply(post);
  }

  mentions(query: { userId: string; sinceId?: string; pageToken?: string }): Promise<MentionPage> {
    return this.#reading.mentions(query);
  }

  async directMessages(query: { pageToken?: string }): Promise<MessagePage> {
    const us = this.#us ?? (await this.me());
    const { messages, ...page } = await this.#reading.messages(query);
    return { ...page, messages: messages.filter(({ senderId }) => senderId !== us.id) };
  }
}
