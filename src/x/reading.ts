import type { Logger } from '../base/logger.ts';
import { checkId } from './accounts.ts';
import type { Billing } from './billing.ts';
import type { XCalls } from './calls.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodePosts } from './decode-posts.ts';
import type { MentionPage, MessagePage } from './port.ts';

const MENTIONS_PER_PAGE = 100;
/**
 * X has no "newer than" for messages and charges each one that it lists once a day, our own too. A poll
 * that finds little new should not list a month of them.
 */
const MESSAGES_PER_PAGE = 25;

/** What others write to us: `GET /2/users/:id/mentions` and `GET /2/dm_events`. */
export class Reading {
  readonly #calls: XCalls;
  readonly #billing: Billing;
  readonly #logger: Logger;

  constructor(calls: XCalls, billing: Billing, logger: Logger) {
    this.#calls = calls;
    this.#billing = billing;
    this.#logger = logger;
  }

  async mentions(query: { userId: string; sinceId?: string; pageToken?: string }): Promise<MentionPage> {
    const { userId, sinceId, pageToken } = query;
    checkId(userId);
    if (sinceId !== undefined) checkId(sinceId);
    const body = await this.#calls.read('mentions', (v2) =>
      v2.get(`users/${userId}/mentions`, {
        max_results: MENTIONS_PER_PAGE,
        // Kept on every page: without it the later ones would reach back to the beginning.
        ...(sinceId === undefined ? {} : { since_id: sinceId }),
        ...(pageToken === undefined ? {} : { pagination_token: pageToken }),
        exclude: 'retweets',
        expansions: 'author_id',
        'tweet.fields': 'author_id,created_at,edit_history_tweet_ids,entities,note_tweet,referenced_tweets',
        'user.fields': 'username',
      }),
    );
    const { posts, nextToken, unusable } = decodePosts(body);
    if (unusable > 0) this.#logger.warn('X lists posts without id or author: they are passed over', { posts: unusable });
    this.#billing.returned('mention-read', posts.map(({ id }) => id));
    return { posts, nextToken };
  }

  /** All messages, our own among them: the caller of this class knows who we are. */
  async messages(query: { pageToken?: string }): Promise<MessagePage> {
    const { pageToken } = query;
    const body = await this.#calls.read('messages', (v2) =>
      v2.get('dm_events', {
        max_results: MESSAGES_PER_PAGE,
        ...(pageToken === undefined ? {} : { pagination_token: pageToken }),
        event_types: 'MessageCreate',
        expansions: 'sender_id',
        'dm_event.fields': 'id,text,event_type,sender_id,created_at,entities',
        'user.fields': 'username',
      }),
    );
    const { unusable, ...page } = decodeMessages(body);
    if (unusable > 0) this.#logger.warn('X lists messages without id or sender: they are passed over', { messages: unusable });
    this.#billing.returned('dm-read', page.messages.map(({ id }) => id));
    return page;
  }
}
