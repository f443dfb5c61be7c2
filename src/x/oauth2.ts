/** "Sign in with X": OAuth 2.0 authorization code with PKCE (RFC 6749 §4.1, RFC 7636), through twitter-api-v2. */
import { ApiResponseError, TwitterApi } from 'twitter-api-v2';
import { AppError, errorText } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { DirectAgent, EmulatorAgent, type XAgent } from './agents.ts';
import { parseApiBase } from './api-base.ts';
import { Billing } from './billing.ts';
import { decodeUser } from './decode.ts';
import { failureOf } from './failure-of.ts';
import { recordOf, textOf } from './json.ts';
import { XFailure, type XUser } from './port.ts';
import type { OnSpend } from './prices.ts';

/** The app as OAuth 2.0 knows it: another pair of values than the consumer key and secret. */
export interface OAuth2Client {
  readonly clientId: string;
  /** Undefined for a public client, which X calls a native app. */
  readonly clientSecret: string | undefined;
}

export interface SignInOptions {
  readonly client: OAuth2Client;
  /** Exactly as it is registered with the app on X. */
  readonly redirectUri: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Address of the sandbox, as for `XClient`; the browser is sent there too. */
  readonly apiBase?: string;
  /** The longest that one request may take; default 5000, since a row of the database may be locked meanwhile. */
  readonly timeoutMs?: number;
  /** Told of everything that X will charge for. */
  readonly onSpend?: OnSpend;
}

/** A sign-in that begins. `state` and `codeVerifier` stay with us until the browser comes back. */
export interface SignInStart {
  /** Where the browser goes. */
  readonly url: string;
  readonly state: string;
  readonly codeVerifier: string;
}

/** What X grants for a code or a refresh token. */
export interface Grant {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly scope: readonly string[];
  readonly expiresInMs: number;
}

/** How a refresh token was traded in; `refused` means that X will never take it. */
export type Refreshed =
  | { readonly ok: true; readonly tokens: Grant }
  | { readonly ok: false; readonly refused: boolean; readonly reason: string };

/** `offline.access` is for the refresh token. */
export const SIGN_IN_SCOPES: readonly string[] = ['tweet.read', 'users.read', 'offline.access'];

const DEFAULT_TIMEOUT_MS = 5000;
const MAX_TOKEN_LENGTH = 4096;

/** Signs people in at X. What rejects does so with `XFailure`; no token is ever logged. */
export class SignIn {
  readonly #api: TwitterApi;
  readonly #agent: XAgent;
  readonly #redirectUri: string;
  readonly #emulator: string | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timeoutMs: number;
  readonly #billing: Billing;

  /** Throws `x.misconfigured` without a client id, or when `apiBase` is not a loopback or private address. */
  constructor(options: SignInOptions) {
    const { client, redirectUri, clock, logger, apiBase, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    if (client.clientId === '') throw new AppError('x.misconfigured', 'Signing in with X needs the client id of the app');
    const connectTimeoutMs = Math.ceil(timeoutMs / 2);
    this.#agent = apiBase === undefined ? new DirectAgent(connectTimeoutMs) : new EmulatorAgent(parseApiBase(apiBase), connectTimeoutMs);
    this.#api = new TwitterApi(
      { clientId: client.clientId, ...(client.clientSecret === undefined ? {} : { clientSecret: client.clientSecret }) },
      this.#settings(timeoutMs),
    );
    this.#redirectUri = redirectUri;
    this.#emulator = apiBase === undefined ? undefined : new URL(apiBase).origin;
    this.#clock = clock;
    this.#logger = logger;
    this.#timeoutMs = timeoutMs;
    this.#billing = new Billing(clock, options.onSpend);
  }

  /** Origins that the browser visits on its way, for a Content-Security-Policy. */
  get browserOrigin(): string {
    return this.#emulator ?? 'https://x.com';
  }

  begin(): SignInStart {
    const { url, state, codeVerifier } = this.#api.generateOAuth2AuthLink(this.#redirectUri, { scope: [...SIGN_IN_SCOPES] });
    const link = new URL(url);
    // The library writes `s256`, which is no method of RFC 7636 §4.3.
    link.searchParams.set('code_challenge_method', 'S256');
    return { url: `${this.browserOrigin}${link.pathname}${link.search}`, state, codeVerifier };
  }

  /** Trades the code in. A code is good for half a minute and for one use. */
  async finish({ code, codeVerifier }: { code: string; codeVerifier: string }): Promise<Grant> {
    const parts = { code, codeVerifier, redirectUri: this.#redirectUri };
    return grantOf(await this.#call('code exchange', () => this.#api.loginWithOAuth2(parts)));
  }

  /** Trades a refresh token in, which is used up by it whatever becomes of the answer. Never rejects. */
  async refresh(refreshToken: string): Promise<Refreshed> {
    try {
      return { ok: true, tokens: grantOf(await this.#call('token refresh', () => this.#api.refreshOAuth2Token(refreshToken))) };
    } catch (thrown) {
      // 401 is about our client secret: an operator can mend that, and the token is still good then.
      return { ok: false, refused: thrown instanceof XFailure && thrown.class === 'invalid', reason: errorText(thrown) };
    }
  }

  /** Withdraws a token at X, and what was granted with it. */
  async revoke(token: string): Promise<void> {
    await this.#call('token revocation', () => this.#api.revokeOAuth2Token(token, 'access_token'));
  }

  /** Whose access token this is. */
  async whoIs(accessToken: string): Promise<XUser> {
    const api = new TwitterApi(accessToken, this.#settings(this.#timeoutMs));
    const user = decodeUser(recordOf(await this.#call('me', () => api.v2.get('users/me')))?.['data']);
    if (user === undefined) throw new XFailure('unavailable', 'The answer of X holds no account');
    this.#billing.returned('user-read', [user.id]);
    return user;
  }

  #settings(timeoutMs: number): ConstructorParameters<typeof TwitterApi>[1] & object {
    return {
      httpAgent: this.#agent,
      plugins: [{ onBeforeRequest: ({ requestOptions }) => void (requestOptions.signal = AbortSignal.timeout(timeoutMs)) }],
      // As in `XClient`: a compressed answer that is cut off would never end.
      compression: 'identity',
    };
  }

  async #call<Result>(name: string, request: () => Promise<Result>): Promise<Result> {
    const startMs = this.#clock.monotonicMs();
    const tookMs = () => Math.round(this.#clock.monotonicMs() - startMs);
    try {
      const result = await request();
      this.#logger.debug('X answered', { call: name, tookMs: tookMs() });
      return result;
    } catch (thrown) {
      const failure = this.#failureOf(thrown);
      const { class: failureClass, status, reason } = failure;
      this.#logger.debug('X call failed', { call: name, tookMs: tookMs(), class: failureClass, status, reason });
      throw failure;
    }
  }

  #failureOf(thrown: unknown): XFailure {
    const description = thrown instanceof ApiResponseError ? descriptionOf(thrown.data) : undefined;
    // RFC 6749 §5.2: what the token endpoint refuses is 400, or 401 when it is the client that it refuses.
    if (thrown instanceof ApiResponseError && description !== undefined && thrown.code < 500) {
      return new XFailure(thrown.code === 401 ? 'unauthorized' : 'invalid', description, { status: thrown.code });
    }
    const agent = this.#agent;
    return failureOf(thrown, { write: true, nowMs: this.#clock.now(), neverSent: (error) => agent.neverSent(error) });
  }
}

/** The sentence of an error of RFC 6749 §5.2. */
function descriptionOf(body: unknown): string | undefined {
  const error = textOf(recordOf(body)?.['error']);
  if (error === undefined) return undefined;
  const description = textOf(recordOf(body)?.['error_description']);
  return `X answered ${error}${description === undefined ? '' : `: ${description}`}`.slice(0, 300);
}

function grantOf(result: { accessToken: unknown; refreshToken?: unknown; scope: readonly string[]; expiresIn: unknown }): Grant {
  const { accessToken, refreshToken, scope, expiresIn } = result;
  const seconds = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : undefined;
  if (!isToken(accessToken) || (refreshToken !== undefined && !isToken(refreshToken)) || seconds === undefined) {
    throw new XFailure('uncertain', 'The answer of X holds no token');
  }
  return { accessToken, refreshToken, scope, expiresInMs: seconds * 1000 };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TOKEN_LENGTH;
}
