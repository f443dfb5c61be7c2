import { TwitterApi, type ITwitterApiClientPlugin } from 'twitter-api-v2';
import { AppError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { DirectAgent, EmulatorAgent, type XAgent } from './agents.ts';
import { parseApiBase } from './api-base.ts';
import { decodeDirectMessages, decodeLookup, decodeSent, decodeUser } from './decode.ts';
import { failureOf } from './failure-of.ts';
import { idOf, recordOf, usernameOf } from './json.ts';
import { XFailure, type DirectMessage, type SentDirectMessage, type XPort, type XUser } from './port.ts';

/** The four values of OAuth 1.0a: the app's pair and the pair of the account that it acts for. */
export interface XKeys {
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly accessSecret: string;
}

export interface XClientOptions {
  readonly keys: XKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Address of the sandbox, `http://127.0.0.1:4010`; without it X itself is called. */
  readonly apiBase?: string;
  /** The longest that one request may take from first to last byte; default 10,000. Half of it is for connecting. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TEXT_LENGTH = 10_000;
const MAX_LISTED = 500;
const PAGE_SIZE = 100;

/** The library waits for ever by default. A signal bounds the whole request, also one that trickles byte by byte. */
function deadline(timeoutMs: number): ITwitterApiClientPlugin {
  return {
    onBeforeRequest({ requestOptions }) {
      requestOptions.signal = AbortSignal.timeout(timeoutMs);
    },
  };
}

/** X through twitter-api-v2. See `XPort` for what the calls promise. */
export class XClient implements XPort {
  readonly #api: TwitterApi;
  readonly #agent: XAgent;
  readonly #clock: Clock;
  readonly #logger: Logger;

  /** Throws `x.misconfigured` when a key is empty or `apiBase` is not a loopback or private address. */
  constructor(options: XClientOptions) {
    const { keys, clock, logger, apiBase, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const missing = (['appKey', 'appSecret', 'accessToken', 'accessSecret'] as const).filter((name) => keys[name] === '');
    if (missing.length > 0) throw new AppError('x.misconfigured', `Missing X keys: ${missing.join(', ')}`);
    const connectTimeoutMs = Math.ceil(timeoutMs / 2);
    this.#agent = apiBase === undefined ? new DirectAgent(connectTimeoutMs) : new EmulatorAgent(parseApiBase(apiBase), connectTimeoutMs);
    this.#api = new TwitterApi(
      { ...keys },
      {
        httpAgent: this.#agent,
        plugins: [deadline(timeoutMs)],
        // With a compressed answer the library listens to the decoder only, and one that is cut off never ends.
        compression: 'identity',
      },
    );
    this.#clock = clock;
    this.#logger = logger;
  }

  async me(): Promise<XUser> {
    const body = await this.#call('me', false, () => this.#api.v2.get('users/me'));
    const user = decodeUser(recordOf(body)?.['data']);
    if (user === undefined) throw new XFailure('unavailable', 'The answer of X holds no account');
    return user;
  }

  async findUserByName(username: string): Promise<XUser | undefined> {
    if (usernameOf(username) === undefined) {
      throw new XFailure('invalid', `Not a handle of X: ${JSON.stringify(username)} (1 to 15 letters, digits, underscores, no @)`);
    }
    try {
      return decodeLookup(
        await this.#call('user lookup', false, () =>
          this.#api.v2.get(`users/by/username/${username}`, { 'user.fields': 'receives_your_dm' }),
        ),
      );
    } catch (thrown) {
      if (thrown instanceof XFailure && thrown.status === 404) return undefined;
      throw thrown;
    }
  }

  async sendDirectMessage({ recipientId, text }: { recipientId: string; text: string }): Promise<SentDirectMessage> {
    this.#checkId(recipientId);
    if (text === '' || text.length > MAX_TEXT_LENGTH) {
      throw new XFailure('invalid', `A direct message has 1 to ${MAX_TEXT_LENGTH} characters, this one has ${text.length}`);
    }
    const body = await this.#call('direct message', true, () =>
      this.#api.v2.post(`dm_conversations/with/${recipientId}/messages`, { text }),
    );
    const sent = decodeSent(body);
    if (sent === undefined) throw new XFailure('uncertain', 'X accepted the message but its answer holds no id');
    return sent;
  }

  async findDirectMessages(query: { participantId: string; sinceMs: number; limit: number }): Promise<DirectMessage[]> {
    const { participantId, sinceMs, limit } = query;
    this.#checkId(participantId);
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LISTED) {
      throw new XFailure('invalid', `The limit is a number from 1 to ${MAX_LISTED}, not ${limit}`);
    }
    const found: DirectMessage[] = [];
    let token: string | undefined;
    // X may give short pages, but a conversation that needs twice the pages is not worth the 15 calls it would eat.
    for (let pages = 2 * Math.ceil(limit / PAGE_SIZE); pages > 0; pages -= 1) {
      const { messages, nextToken } = decodeDirectMessages(await this.#page(participantId, Math.min(limit, PAGE_SIZE), token));
      for (const message of messages) {
        if (message.createdAtMs < sinceMs || found.length === limit) return found;
        found.push(message);
      }
      if (nextToken === undefined || found.length === limit) return found;
      token = nextToken;
    }
    throw new XFailure('unavailable', 'X splits the conversation into too many pages');
  }

  #page(participantId: string, size: number, token: string | undefined): Promise<unknown> {
    return this.#call('message list', false, () =>
      this.#api.v2.get(`dm_conversations/with/${participantId}/dm_events`, {
        'dm_event.fields': 'id,text,event_type,sender_id,created_at',
        event_types: 'MessageCreate',
        // X takes 1 to 100.
        max_results: size,
        ...(token === undefined ? {} : { pagination_token: token }),
      }),
    );
  }

  #checkId(id: string): void {
    if (idOf(id) === undefined) throw new XFailure('invalid', `Not an id of X: ${JSON.stringify(id)}`);
  }

  /** Makes one request and turns whatever goes wrong into an `XFailure`. Logs neither headers nor bodies. */
  async #call(name: string, write: boolean, request: () => Promise<unknown>): Promise<unknown> {
    const startMs = this.#clock.monotonicMs();
    const tookMs = () => Math.round(this.#clock.monotonicMs() - startMs);
    try {
      const body = await request();
      this.#logger.debug('X answered', { call: name, tookMs: tookMs() });
      return body;
    } catch (thrown) {
      const agent = this.#agent;
      const failure = failureOf(thrown, {
        write,
        nowMs: this.#clock.now(),
        neverSent: (error) => agent.neverSent(error),
      });
      const { class: failureClass, status, reason } = failure;
      this.#logger.debug('X call failed', { call: name, tookMs: tookMs(), class: failureClass, status, reason });
      throw failure;
    }
  }
}
