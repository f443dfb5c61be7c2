import { TwitterApi, type ITwitterApiClientPlugin, type TwitterApiBasicAuth, type TwitterApiTokens, type TwitterApiv2 } from 'twitter-api-v2';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { DirectAgent, EmulatorAgent, type XAgent } from './agents.ts';
import { parseApiBase } from './api-base.ts';
import { failureOf } from './failure-of.ts';

/** How X is reached, whoever calls. */
export interface XConnectionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Address of the sandbox, `http://127.0.0.1:4010`; without it X itself is called. */
  readonly apiBase?: string;
  /** The longest that one request may take from first to last byte; default 10,000. Half of it is for connecting. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** The library waits for ever by default. A signal bounds the whole request, also one that trickles byte by byte. */
function deadline(timeoutMs: number): ITwitterApiClientPlugin {
  return {
    onBeforeRequest({ requestOptions }) {
      requestOptions.signal = AbortSignal.timeout(timeoutMs);
    },
  };
}

/** The agent for X itself or for the sandbox. Throws `x.misconfigured` when `apiBase` is not a loopback or private address. */
export function agentFor(options: Pick<XConnectionOptions, 'apiBase' | 'timeoutMs'>): XAgent {
  const connectTimeoutMs = Math.ceil((options.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 2);
  return options.apiBase === undefined
    ? new DirectAgent(connectTimeoutMs)
    : new EmulatorAgent(parseApiBase(options.apiBase), connectTimeoutMs);
}

/** The keys of app and account, the app's bearer token, or its key and secret as user name and password. */
export type XCredentials = TwitterApiTokens | TwitterApiBasicAuth | string;

/** Requests under one set of credentials: each with a deadline, each failure an `XFailure`. Logs neither headers nor bodies. */
export class XCalls {
  readonly #api: TwitterApi;
  readonly #agent: XAgent;
  readonly #clock: Clock;
  readonly #logger: Logger;

  /** Throws `x.misconfigured` when `apiBase` is not a loopback or private address. */
  constructor(credentials: XCredentials, options: XConnectionOptions) {
    this.#agent = agentFor(options);
    const settings: ConstructorParameters<typeof TwitterApi>[1] = {
      httpAgent: this.#agent,
      plugins: [deadline(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)],
      // With a compressed answer the library listens to the decoder only, and one that is cut off never ends.
      compression: 'identity',
    };
    // Its constructor has an overload a kind of credential, and none for their union.
    this.#api = new TwitterApi(credentials as TwitterApiTokens & string, settings);
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** A request that changes nothing and may be repeated. `name` is for log lines. */
  read(name: string, request: (v2: TwitterApiv2) => Promise<unknown>): Promise<unknown> {
    return this.#call({ name, write: false }, request);
  }

  /** A request whose repetition may do it twice: without a trustworthy answer it ends as `uncertain`. */
  write(name: string, request: (v2: TwitterApiv2) => Promise<unknown>): Promise<unknown> {
    return this.#call({ name, write: true }, request);
  }

  async #call({ name, write }: { name: string; write: boolean }, request: (v2: TwitterApiv2) => Promise<unknown>): Promise<unknown> {
    const startMs = this.#clock.monotonicMs();
    const tookMs = () => Math.round(this.#clock.monotonicMs() - startMs);
    try {
      const body = await request(this.#api.v2);
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
