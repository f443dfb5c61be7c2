import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import { errorText } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { CommandIntake, Ours } from '../../intake/command-intake.ts';
import { receiveActivity } from '../../intake/receive-activity.ts';
import type { WantedSubscription, XAppClient } from '../../x/app-client.ts';
import { decodePost, handlesIn } from '../../x/decode-posts.ts';
import { listOf, recordOf, type JsonRecord } from '../../x/json.ts';
import { priceOf, type OnSpend } from '../../x/prices.ts';
import { XStream } from '../../x/stream.ts';
import { readerCounters, type ReaderCounters } from './reader-counters.ts';

/** Something that brings posts and messages faster than the polls, while it can. */
export interface PushStream {
  start(): void;
  stop(): Promise<void>;
}

/** Makes the stream when it is known who we are. */
export type PushFactory = (us: Ours) => PushStream;

export interface PushOptions {
  /** `posts`: the filtered stream brings mentions. `activity`: the activity stream brings mentions and direct messages. */
  readonly kind: 'posts' | 'activity';
  readonly app: XAppClient;
  readonly intake: CommandIntake;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  /** As for `XClient`. */
  readonly apiBase?: string;
  readonly timeoutMs?: number;
  readonly onSpend?: OnSpend;
}

/** Marks our rule and our subscriptions among those of other programs that use the same app. */
const TAG = 'sipweet';
/** Messages that wait for the database; past this they are left to the polls. */
const MAX_WAITING = 1_000;
const POST_FIELDS =
  'tweet.fields=author_id,created_at,edit_history_tweet_ids,entities,note_tweet,referenced_tweets&expansions=author_id&user.fields=username';

/** A factory for `Reader`. */
export function pushFrom(options: PushOptions): PushFactory {
  return (us) => new Push(options, us);
}

/** Takes what a stream brings into the house, one after the other and by the same way as the polls. */
class Push implements PushStream {
  readonly #options: PushOptions;
  readonly #us: Ours;
  readonly #counters: ReaderCounters;
  readonly #stream: XStream;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: PushOptions, us: Ours) {
    const { kind, app, clock, logger, apiBase, timeoutMs } = options;
    this.#options = options;
    this.#us = us;
    this.#counters = readerCounters(options.counters);
    this.#stream = new XStream({
      app,
      path: kind === 'posts' ? `/2/tweets/search/stream?${POST_FIELDS}` : '/2/activity/stream',
      prepare: () => (kind === 'posts' ? this.#setRule() : app.ensureSubscriptions(this.#subscriptions())),
      onMessage: (message) => this.#receive(message),
      clock,
      logger,
      ...(apiBase === undefined ? {} : { apiBase }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  start(): void {
    this.#stream.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#stream.stop();
    await this.#last;
  }

  #setRule(): Promise<void> {
    return this.#options.app.setStreamRule({ value: `@${this.#us.username} -is:retweet`, tag: TAG });
  }

  #subscriptions(): readonly WantedSubscription[] {
    return ['post.mention.create', 'dm.received'].map((eventType) => ({ eventType, userId: this.#us.id, tag: TAG }));
  }

  #receive(message: JsonRecord): void {
    this.#counters.pushed.value += 1;
    if (this.#waiting >= MAX_WAITING) {
      this.#counters.pushLeft.value += 1;
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#take(message)).finally(() => {
      this.#waiting -= 1;
    });
  }

  /** Never rejects: what cannot be stored now is found by the polls. */
  async #take(message: JsonRecord): Promise<void> {
    // The lease may be another's by now, and with it the work.
    if (this.#stopped) return;
    const { kind, intake, counters, logger, onSpend } = this.#options;
    try {
      if (kind === 'posts') await this.#takePost(message);
      else await receiveActivity(message, { intake, us: this.#us, counters, logger, ...(onSpend === undefined ? {} : { onSpend }) });
    } catch (thrown) {
      this.#counters.pushLeft.value += 1;
      logger.debug('What the stream brought is left to the polls', { reason: errorText(thrown) });
    }
  }

  async #takePost(message: JsonRecord): Promise<void> {
    const { intake, onSpend } = this.#options;
    onSpend?.('stream-post', 1, priceOf('stream-post'));
    // Other rules of the same app bring other posts.
    const isOurs = (listOf(message['matching_rules']) ?? []).some((rule) => recordOf(rule)?.['tag'] === TAG);
    const post = isOurs ? decodePost(message['data'], handlesIn(message['includes'])) : undefined;
    if (post !== undefined) await intake.takePosts(this.#us, [post]);
  }
}
