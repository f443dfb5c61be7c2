import type { TwitterApiv2 } from 'twitter-api-v2';
import { AppError } from '../base/errors.ts';
import { XCalls, type XConnectionOptions } from './calls.ts';
import type { XKeys } from './client.ts';
import {
  decodeRules,
  decodeSubscription,
  decodeSubscriptions,
  decodeWebhook,
  decodeWebhooks,
  isDuplicateRule,
  type ActivitySubscription,
  type StreamRule,
  type Webhook,
} from './decode-app.ts';
import { listOf, recordOf, textOf } from './json.ts';
import { XFailure } from './port.ts';

export interface XAppClientOptions extends XConnectionOptions {
  readonly keys: XKeys;
}

/** What a subscription is to bring. */
export interface WantedSubscription {
  /** `post.mention.create`, `dm.received`, … */
  readonly eventType: string;
  /** The account that it is about. Private events need that account's consent: ours has given it by its keys. */
  readonly userId: string;
  /** Where it is delivered; without it to the activity stream only. */
  readonly webhookId?: string;
  /** At most 200 characters, comes back with each event. */
  readonly tag?: string;
}

/**
 * X as an app: streams, their rules, webhooks, subscriptions. X wants the app's bearer token here,
 * and for a new subscription the account's own signature. Rejects with `XFailure` as `XPort` does.
 */
export class XAppClient {
  readonly #options: XAppClientOptions;
  readonly #asUser: XCalls;
  #bearer: Promise<string> | undefined;

  /** Throws `x.misconfigured` when a key is empty or `apiBase` is not a loopback or private address. */
  constructor(options: XAppClientOptions) {
    const { appKey, appSecret } = options.keys;
    if (appKey === '' || appSecret === '') throw new AppError('x.misconfigured', 'Missing X keys: appKey, appSecret');
    this.#options = options;
    this.#asUser = new XCalls({ ...options.keys }, options);
  }

  /** The app's bearer token (`POST /oauth2/token`), fetched once. */
  bearer(): Promise<string> {
    this.#bearer ??= this.#login().catch((thrown: unknown) => {
      this.#bearer = undefined;
      throw thrown;
    });
    return this.#bearer;
  }

  /** X did not accept the token: the next call fetches another. */
  forgetBearer(): void {
    this.#bearer = undefined;
  }

  async streamRules(): Promise<readonly StreamRule[]> {
    return decodeRules(await this.#read('stream rules', (v2) => v2.get('tweets/search/stream/rules')));
  }

  /** Makes `value` the only rule with that tag; rules with other tags are somebody else's and stay. */
  async setStreamRule({ value, tag }: { value: string; tag: string }): Promise<void> {
    const tagged = (await this.streamRules()).filter((rule) => rule.tag === tag);
    const stale = tagged.filter((rule) => rule.value !== value).map(({ id }) => id);
    if (!tagged.some((rule) => rule.value === value)) {
      const body = await this.#write('stream rule', (v2) => v2.post('tweets/search/stream/rules', { add: [{ value, tag }] }));
      const error = recordOf(listOf(recordOf(body)?.['errors'])?.[0]);
      if (error !== undefined && !isDuplicateRule(error)) {
        const reason = textOf(error['detail']) ?? textOf(listOf(error['details'])?.[0]) ?? textOf(error['title']);
        throw new XFailure('invalid', reason ?? 'X does not take the rule of the stream');
      }
    }
    if (stale.length > 0) await this.removeStreamRules(stale);
  }

  async removeStreamRules(ids: readonly string[]): Promise<void> {
    await this.#read('stream rule removal', (v2) => v2.post('tweets/search/stream/rules', { delete: { ids } }));
  }

  async webhooks(): Promise<readonly Webhook[]> {
    return decodeWebhooks(await this.#read('webhooks', (v2) => v2.get('webhooks')));
  }

  /** Registers an endpoint (https, no port, at most 200 characters). X checks it before it answers: it must be up. */
  async addWebhook(url: string): Promise<Webhook> {
    return decodeWebhook(await this.#write('webhook', (v2) => v2.post('webhooks', { url })));
  }

  /** Makes X check the endpoint again: one that failed for long is not delivered to until then. */
  async checkWebhook(id: string): Promise<void> {
    await this.#read('webhook check', (v2) => v2.put(`webhooks/${pathPart(id)}`));
  }

  async removeWebhook(id: string): Promise<void> {
    await this.#read('webhook removal', (v2) => v2.delete(`webhooks/${pathPart(id)}`));
  }

  async subscriptions(): Promise<readonly ActivitySubscription[]> {
    return decodeSubscriptions(await this.#read('subscriptions', (v2) => v2.get('activity/subscriptions')));
  }

  async subscribe(wanted: WantedSubscription): Promise<ActivitySubscription> {
    const { eventType, userId, webhookId, tag } = wanted;
    const body = await this.#asUser.write('subscription', (v2) =>
      v2.post('activity/subscriptions', {
        event_type: eventType,
        filter: { user_id: userId },
        ...(tag === undefined ? {} : { tag }),
        ...(webhookId === undefined ? {} : { webhook_id: webhookId }),
      }),
    );
    return decodeSubscription(body);
  }

  /** Subscribes to what is not subscribed yet, to the same place. */
  async ensureSubscriptions(wanted: readonly WantedSubscription[]): Promise<void> {
    const there = await this.subscriptions();
    for (const one of wanted) {
      const isThere = there.some(
        ({ eventType, userId, webhookId }) => eventType === one.eventType && userId === one.userId && webhookId === one.webhookId,
      );
      if (!isThere) await this.subscribe(one).catch(unlessSubscribed);
    }
  }

  async unsubscribe(id: string): Promise<void> {
    await this.#read('subscription removal', (v2) => v2.delete(`activity/subscriptions/${pathPart(id)}`));
  }

  /** Ends every stream of the app, a stuck one too that nobody reads any more. X allows 25 of these in 15 minutes. */
  async closeConnections(): Promise<void> {
    await this.#read('closing of streams', (v2) => v2.delete('connections/all'));
  }

  async #login(): Promise<string> {
    const { appKey: username, appSecret: password } = this.#options.keys;
    const calls = new XCalls({ username, password }, this.#options);
    const body = await calls.read('app login', (v2) =>
      v2.post('https://api.x.com/oauth2/token', { grant_type: 'client_credentials' }, { prefix: '' }),
    );
    const token = textOf(recordOf(body)?.['access_token']);
    if (token === undefined || token === '') throw new XFailure('unavailable', 'The answer of X holds no token');
    return token;
  }

  #read(name: string, request: (v2: TwitterApiv2) => Promise<unknown>): Promise<unknown> {
    return this.#asApp((calls) => calls.read(name, request));
  }

  #write(name: string, request: (v2: TwitterApiv2) => Promise<unknown>): Promise<unknown> {
    return this.#asApp((calls) => calls.write(name, request));
  }

  /** A token may have been revoked in the meantime: once more with a fresh one. */
  async #asApp(call: (calls: XCalls) => Promise<unknown>): Promise<unknown> {
    try {
      return await call(new XCalls(await this.bearer(), this.#options));
    } catch (thrown) {
      if (!(thrown instanceof XFailure) || thrown.status !== 401) throw thrown;
      this.forgetBearer();
      return call(new XCalls(await this.bearer(), this.#options));
    }
  }
}

/** Another process may have been faster: X refuses a second one of the same kind, which is all that is wanted. */
function unlessSubscribed(thrown: unknown): void {
  if (!(thrown instanceof XFailure) || !/duplicate ?subscription|already exists/i.test(thrown.reason)) throw thrown;
}

/** An id that goes into a path. */
function pathPart(id: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new XFailure('invalid', `Not an id of X: ${JSON.stringify(id)}`);
  return id;
}
