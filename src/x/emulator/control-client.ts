import { errorText } from '../../base/errors.ts';
import { recordOf, textOf } from '../json.ts';
import { XFailure } from '../port.ts';
import type { SandboxUser } from './accounts.ts';
import type { SubscriptionShape } from './activity/activity.ts';
import type { Delivery } from './activity/deliveries.ts';
import type { Subscription } from './activity/subscriptions.ts';
import type { Webhook } from './activity/webhooks.ts';
import type { InboxMessage } from './control/messages.ts';
import type { TimelinePost } from './control/posts.ts';
import type { Fault } from './faults.ts';
import type { TokenAnswer } from './oauth2/tokens.ts';
import type { RouteLimits, RouteName } from './rate-limits.ts';
import type { RecordedRequest } from './request-log.ts';
import type { Naming } from './naming.ts';
import type { SpendReport } from './spend.ts';
import type { StreamAct } from './stream/line-stream.ts';

const TIMEOUT_MS = 5000;

/**
 * The sandbox from another process: what the command line and the tests play its users with. Each
 * method rejects with `XFailure`: `unavailable` when no sandbox answers, `refused` for closed direct
 * messages, `invalid` for everything else that it does not take (an unknown account among them).
 */
export class ControlClient {
  readonly #base: string;

  /** @param controlUrl what `startEmulator` returned as such */
  constructor(controlUrl: string) {
    this.#base = controlUrl.replace(/\/+$/, '');
  }

  users(): Promise<SandboxUser[]> {
    return this.#call('GET', '/users');
  }

  /** Creates an account, or changes what is named of an existing one: `acceptsDms: false` closes its messages. */
  putUser(user: { username: string; name?: string; acceptsDms?: boolean }): Promise<SandboxUser> {
    return this.#call('POST', '/users', user);
  }

  /** All messages that the account received, oldest first. */
  inbox(username: string): Promise<InboxMessage[]> {
    return this.#call('GET', `/users/${encodeURIComponent(username)}/inbox`);
  }

  /** The messages of everybody, oldest first. */
  messages(): Promise<InboxMessage[]> {
    return this.#call('GET', '/messages');
  }

  /** Those that came behind the one of that id, oldest first; `0` is before all. */
  messagesAfter(id: string): Promise<InboxMessage[]> {
    return this.#call('GET', `/messages/after/${encodeURIComponent(id)}`);
  }

  /** Who the bot is, by handle and id, and how the sandbox behaves. */
  about(): Promise<{ bot: string; botId: string; naming: Naming; limits: boolean; speed: number }> {
    return this.#call('GET', '/about');
  }

  /** Gives an account another handle; its id stays. The old handle is free then, and does not come to life by being asked for. */
  rename(username: string, to: string): Promise<SandboxUser> {
    return this.#call('POST', `/users/${encodeURIComponent(username)}/rename`, { to });
  }

  /**
   * Sends a direct message as any account, to the bot unless `to` says otherwise. An `encrypted` one is of X's
   * encrypted chat: no list of the API has it, and its event holds no text.
   */
  sendAs(message: { from: string; to?: string; text: string; encrypted?: boolean }): Promise<InboxMessage> {
    return this.#call('POST', '/messages', message);
  }

  /**
   * Posts publicly as any account. With `indexDelayMs` lists show it so much later, with `null` not before
   * `indexPost`: then it comes below posts that a client has seen already.
   */
  postAs(post: { from: string; text: string; replyToId?: string; quotesId?: string; indexDelayMs?: number | null }): Promise<TimelinePost> {
    return this.#call('POST', '/posts', post);
  }

  /** Reposts as any account. */
  repostAs(repost: { from: string; repostsId: string }): Promise<TimelinePost> {
    return this.#call('POST', '/posts', repost);
  }

  /** A new version of a post, with an id of its own; `refused` after five of them or 30 minutes. */
  editPost(id: string, text: string): Promise<TimelinePost> {
    return this.#call('PUT', `/posts/${encodeURIComponent(id)}`, { text });
  }

  /** Removes a post with all its versions. */
  deletePost(id: string): Promise<TimelinePost> {
    return this.#call('DELETE', `/posts/${encodeURIComponent(id)}`);
  }

  /** Lets lists show a post that was late or held back. */
  indexPost(id: string): Promise<TimelinePost> {
    return this.#call('POST', `/posts/${encodeURIComponent(id)}/index`, {});
  }

  /** The newest version of every post, oldest first. */
  posts(): Promise<TimelinePost[]> {
    return this.#call('GET', '/posts');
  }

  /** Signs an account in to the app without the page: tokens of OAuth 2.0 for that space list of scopes. */
  issueTokens(username: string, scope: string): Promise<TokenAnswer> {
    return this.#call('POST', `/users/${encodeURIComponent(username)}/tokens`, { scope });
  }

  /** The user takes back everything that the app was allowed; false when there was nothing. */
  async revokeTokens(username: string): Promise<boolean> {
    return (await this.#call<{ revoked: boolean }>('DELETE', `/users/${encodeURIComponent(username)}/tokens`)).revoked;
  }

  /** Makes coming requests go wrong; returns all faults that wait. */
  fault(fault: Fault): Promise<Fault[]> {
    return this.#call('POST', '/faults', fault);
  }

  /** The faults that still wait for their requests. */
  faults(): Promise<Fault[]> {
    return this.#call('GET', '/faults');
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', '/faults');
  }

  /** Switches the rate limits on or off. */
  async setLimits(enabled: boolean): Promise<void> {
    await this.#call('POST', '/limits', { enabled });
  }

  /** Divides the length of every rate-limit window, and begins them anew: with 60 a quarter of an hour takes 15 seconds. */
  async setLimitSpeed(speed: number): Promise<void> {
    await this.#call('POST', '/limits', { speed });
  }

  /** Changes the limits of single routes: `{ 'dm-send': { user15Min: 1 } }`. */
  async changeLimits(routes: Partial<Record<RouteName, RouteLimits>>): Promise<void> {
    await this.#call('POST', '/limits', { routes });
  }

  /** What X would have billed so far. */
  spend(): Promise<SpendReport> {
    return this.#call('GET', '/spend');
  }

  /** Lets the account run out of credits after that much: 402 from then on. `null` takes the end away. */
  setCredits(creditsMicroUsd: number | null): Promise<SpendReport> {
    return this.#call('POST', '/spend', { creditsMicroUsd });
  }

  /** Writes answers with X's old names (`tweet`) or its new ones (`post`). */
  async setNaming(naming: Naming): Promise<void> {
    await this.#call('POST', '/naming', { naming });
  }

  /** Open streams, each with its connections. */
  streams(): Promise<{ name: string; connections: { id: string; connectedAtMs: number }[] }[]> {
    return this.#call('GET', '/streams');
  }

  /** Makes something happen on a stream, or to its next line. */
  async actOnStream(name: 'filtered_stream' | 'activity_stream', act: StreamAct): Promise<void> {
    await this.#call('POST', `/streams/${name}`, { act });
  }

  subscriptions(): Promise<Subscription[]> {
    return this.#call('GET', '/subscriptions');
  }

  /** Chooses which of X's three documented shapes a new subscription is answered with. */
  async setSubscriptionShape(shape: SubscriptionShape): Promise<void> {
    await this.#call('POST', '/subscriptions', { shape });
  }

  webhooks(): Promise<Webhook[]> {
    return this.#call('GET', '/webhooks');
  }

  /** The last events for webhooks with every try, oldest first. */
  deliveries(): Promise<Delivery[]> {
    return this.#call('GET', '/deliveries');
  }

  /** Keeps events for webhooks back until `releaseDeliveries`. */
  async holdDeliveries(): Promise<void> {
    await this.#call('POST', '/deliveries/hold', {});
  }

  /** Sends what was held, one after the other: the newest first when `reversed`, everything two times when `twice`. */
  releaseDeliveries(order: { reversed?: boolean; twice?: boolean } = {}): Promise<Delivery[]> {
    return this.#call('POST', '/deliveries/release', order);
  }

  /** Sends the last event for a webhook once more. */
  repeatDelivery(): Promise<Delivery[]> {
    return this.#call('POST', '/deliveries/repeat', {});
  }

  /** The last requests to the API, oldest first. */
  requests(): Promise<RecordedRequest[]> {
    return this.#call('GET', '/requests');
  }

  /**
   * Yields once at the start and then each time something changes, until the signal or the sandbox
   * ends it. Rejects with `unavailable` when there is no sandbox.
   */
  async *changes(signal?: AbortSignal): AsyncGenerator<void> {
    const response = await this.#fetch('/changes', signal === undefined ? {} : { signal });
    if (!response.ok || response.body === null) throw new XFailure('unavailable', `The sandbox at ${this.#base} has too many followers`);
    let line = '';
    try {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const lines = (line + chunk).split('\n');
        line = lines.pop()!;
        if (lines.some((text) => text.startsWith('event: '))) yield;
      }
    } catch (thrown) {
      // The end of a sandbox cuts its connections; so does the signal.
      if (signal?.aborted !== true && !(thrown instanceof TypeError)) throw thrown;
    }
  }

  /** The answers are ours, of the same version; their types are taken on trust. */
  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.#fetch(path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer: unknown = await response.json().catch((thrown: unknown) => Promise.reject(this.#unavailable(thrown)));
    if (response.ok) return answer as T;
    const { status } = response;
    throw new XFailure(status === 403 ? 'refused' : 'invalid', textOf(recordOf(answer)?.['error']) ?? `The sandbox answered ${status}`, { status });
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#base + path, init);
    } catch (thrown) {
      throw this.#unavailable(thrown);
    }
  }

  #unavailable(thrown: unknown): XFailure {
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    return new XFailure('unavailable', `No X sandbox answers at ${this.#base}: ${errorText(cause)}`);
  }
}
